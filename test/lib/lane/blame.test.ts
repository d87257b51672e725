import { beforeEach, describe, expect, it } from "vitest";
import type { LaneStep } from "../../../src/lib/lane/lane.ts";
import type { ServiceError, Task } from "../../../src/lib/language/analysis.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

// What the service says is wrong may be a document's fault, a setting's or its own. As long as it is not sure to be the
// document's, a harmless text (the canary) tells, and no document ends for it.

const ODD: ServiceError = { code: "InvalidRequest", message: "Parameter value 'bad' is not supported." };
const task = (name: string): Task => ({ kind: "CustomSingleLabelClassification", name, parameters: {} });

let fixture: LaneFixture;

beforeEach(async () => {
  fixture = await LaneFixture.create({ tasks: [task("one"), task("two")] });
});

const drop = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n++) await fixture.drop(`${n}.txt`, `text ${n}`);
};
const records = async () => [...(await fixture.results()), ...(await fixture.failures())];
const blocked = (from?: LaneStep) => fixture.run((next) => next.status.state === "blocked", 0, from);
const states = async () =>
  Promise.all((await fixture.results()).map(async (name) => (await read(name)).status as string));
const read = (name: string) => fixture.read("results", name.replace(/^tickets\/(.*)\.json$/, "$1"));
const mostSent = () =>
  Math.max(...[...fixture.language.timesSent].filter(([text]) => text !== "Hello.").map(([, times]) => times));

/** Goes on for some steps; waits take no time. */
async function follow(from: LaneStep, steps: number): Promise<LaneStep> {
  let step = from;
  for (let n = 0; n < steps; n++) {
    fixture.skippedMs += step.afterSeconds * 1000;
    step = await fixture.step(step);
  }
  return step;
}

describe("a setting that is told in words that say nothing", () => {
  it.each<[string, typeof fixture.language.script]>([
    ["by the job", { onPoll: () => "failed", jobError: ODD }],
    ["by every task", { onTask: () => ODD }],
    ["by one of two tasks", { onTask: (_, { name }) => (name === "two" ? ODD : undefined) }],
    ["about every document", { onDocument: () => ODD }],
    ["about every document by one of two tasks", { onDocument: (_, { name }) => (name === "two" ? ODD : undefined) }],
    [
      "with a code that nobody knows",
      { onTask: () => ({ code: "BrandNewCode", message: "", innererror: { code: "EvenNewer", message: "Odd." } }) },
    ],
    [
      "at the door",
      { onSubmit: () => ({ class: "document", certain: false, code: "Odd", message: "odd", hint: "-" }) },
    ],
  ])("%s blocks the lane, ends no document, and is asked about with a harmless text only", async (_, script) => {
    await drop(25);
    fixture.language.script = script;
    const held = await blocked();
    const later = await follow(held, 30);
    expect(later.status.state).toBe("blocked");
    expect(await records()).toEqual([]);
    expect(mostSent()).toBeLessThanOrEqual(1);
    fixture.language.script = {};
    await fixture.finish(later);
    expect(new Set(await states())).toEqual(new Set(["succeeded"]));
    expect(await fixture.results()).toHaveLength(25);
    expect(await fixture.failures()).toEqual([]);
  });
});

describe("a fault of the service that it tells as the documents'", () => {
  it.each<[string, (n: number) => boolean]>([
    ["of all of them", () => true],
    ["of some of them", (n) => n % 3 === 0],
  ])("%s is asked again", async (_, isHit) => {
    await drop(12);
    const seen = new Set<string>();
    fixture.language.script.onDocument = ({ text }, { name }) => {
      const key = `${text} ${name}`;
      if (seen.has(key) || text === "Hello." || !isHit(Number(text.slice(5)))) return undefined;
      seen.add(key);
      return ODD;
    };
    await fixture.finish();
    expect(await fixture.results()).toHaveLength(12);
    expect(new Set(await states())).toEqual(new Set(["succeeded"]));
    expect(await fixture.failures()).toEqual([]);
  });

  it("at the door, once, is asked again", async () => {
    await drop(1);
    fixture.language.script.onSubmit = (_, nth) =>
      nth === 1 ? { class: "document", certain: false, code: "Odd", message: "odd", hint: "-" } : undefined;
    await fixture.finish();
    expect(await fixture.results()).toHaveLength(1);
    expect(await fixture.failures()).toEqual([]);
  });

  it("when it is asked about a job is no reason to send the job again", async () => {
    await drop(3);
    fixture.language.script.onPoll = (_, nth) =>
      nth < 8 ? { class: "document", certain: nth % 2 === 0, code: "Odd", message: "odd", hint: "-" } : undefined;
    const held = await blocked();
    expect(await records()).toEqual([]);
    await fixture.finish(held);
    expect(await fixture.results()).toHaveLength(3);
    expect(mostSent()).toBe(1);
  });
});

describe("a document that is the only one to be refused", () => {
  it.each([
    ["by one task", (name: string) => name === "two", "partiallySucceeded"],
    ["by each task", () => true, "failed"],
  ])(
    "%s, in words that say nothing, keeps what was said of it, and its neighbours have theirs",
    async (_, by, status) => {
      await drop(9);
      fixture.language.script.onDocument = ({ text }, { name }) => (text === "text 4" && by(name) ? ODD : undefined);
      await fixture.finish();
      expect(await fixture.results()).toHaveLength(status === "failed" ? 8 : 9);
      const record = await fixture.read(status === "failed" ? "failed" : "results", "4.txt");
      expect(record).toMatchObject({ status });
      expect(JSON.stringify(record)).toContain(ODD.message);
      expect(fixture.language.timesSent.get("text 4")).toBe(fixture.limits.maxAttempts);
      expect(fixture.language.timesSent.get("text 3")).toBe(1);
    },
  );

  it("and spoils whole jobs without being named is found", async () => {
    await drop(9);
    fixture.language.script.onTask = ({ documents }) =>
      documents.some(({ text }) => text === "text 4") ? ODD : undefined;
    await fixture.finish();
    expect(await fixture.results()).toHaveLength(8);
    expect(await fixture.failures()).toEqual(["tickets/4.txt.json"]);
  });

  it("for a setting, while its neighbours are answered, blocks rather than fails", async () => {
    await drop(5);
    let wrong = true;
    fixture.language.script.onDocument = ({ text }, { name }) =>
      wrong && text === "text 2" && name === "two" ? { code: "DeploymentNotFound", message: "none" } : undefined;
    const held = await blocked();
    expect(await fixture.failures()).toEqual([]);
    wrong = false;
    await fixture.finish(held);
    expect(new Set(await states())).toEqual(new Set(["succeeded"]));
    expect(await fixture.results()).toHaveLength(5);
  });
});

describe("the service's words about a job of documents", () => {
  const quoted = "Cannot analyse 'the secret text'";
  const refusal = {
    code: "Odd",
    message: `The Language service refused the job with HTTP 500 (Odd): ${quoted}`,
    hint: "-",
  };

  it.each<[string, typeof fixture.language.script]>([
    ["at the door", { onSubmit: () => ({ ...refusal, class: "transient", status: 500, quoted }) }],
    ["on a poll", { onPoll: () => ({ ...refusal, class: "document", certain: false, status: 400, quoted }) }],
    ["in an answer", { onDocument: () => ({ code: "InternalServerError", message: quoted }) }],
  ])("%s stand in no status and no log", async (_, script) => {
    await drop(2);
    const canaryToo = script.onSubmit;
    fixture.language.script = canaryToo
      ? {
          onSubmit: (request, nth) =>
            request.documents.some(({ id }) => id === "canary") ? undefined : canaryToo(request, nth),
        }
      : script;
    const held = await fixture.run((next) => next.status.reason !== undefined);
    expect(JSON.stringify([held, fixture.events])).not.toContain("secret");
    expect(held.status.reason?.code).toMatch(/Odd|InternalServerError/);
  });
});
