import { RestError } from "@azure/storage-blob";
import { beforeEach, describe, expect, it } from "vitest";
import type { LaneStep } from "../../../src/lib/lane/lane.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

// What the service has taken is paid for: whatever is wrong with its answers, nothing is sent again by itself.

const HOURS_26 = 26 * 60 * 60_000;

let fixture: LaneFixture;
let posts: number;

beforeEach(async () => {
  fixture = await LaneFixture.create();
  for (let n = 0; n < 3; n++) await fixture.drop(`${n}.txt`, `text ${n}`);
  posts = 0;
});

const blocked = () => fixture.run((next) => next.status.state === "blocked");
const records = async () => [...(await fixture.results()), ...(await fixture.failures())];

async function follow(from: LaneStep, steps: number): Promise<LaneStep> {
  let step = from;
  for (let n = 0; n < steps; n++) {
    fixture.skippedMs += step.afterSeconds * 1000;
    step = await fixture.step(step);
  }
  return step;
}

/** Every answer is one of a service that took the job and said nothing that is of use. */
const unnamed = () => {
  posts++;
  return {
    class: "transient" as const,
    code: "UnreadableResponse",
    message: "HTTP 202 with no job",
    hint: "-",
    status: 202,
  };
};

describe("a job that the service took", () => {
  it("without saying which it is blocks the lane, which tells it and asks nothing again", async () => {
    fixture.language.script.onSubmit = unnamed;
    const held = await blocked();
    expect(held.status.reason).toMatchObject({
      message: expect.stringContaining("HTTP 202 with no job. Its 3 texts are not sent again"),
      hint: expect.stringMatching(/delete the blob t\w+-work\/batches\/\w+\/unusable\/r1-0\.json/),
    });
    fixture.skippedMs += HOURS_26;
    const later = await follow(held, 20);
    expect(later.status.state).toBe("blocked");
    expect([posts, await records()]).toEqual([1, []]);
  });

  it("without saying which it is is sent again by whoever deletes the blob that tells of it", async () => {
    fixture.language.script.onSubmit = unnamed;
    const held = await blocked();
    fixture.language.script = {};
    const told = (await fixture.workBlobs()).find((name) => name.includes("/unusable/")) ?? "";
    await fixture.containers.work.deleteBlob(told);
    await fixture.finish(held);
    expect(await fixture.results()).toHaveLength(3);
    expect(await fixture.workBlobs()).toEqual([]);
  });

  it("as a canary without saying which it is has taken the canary", async () => {
    fixture.language.script.onSubmit = ({ documents }) =>
      documents.some(({ id }) => id === "canary")
        ? unnamed()
        : documents.some(({ text }) => text === "text 1")
          ? { class: "document", certain: false, code: "Odd", message: "odd", hint: "-" }
          : undefined;
    await fixture.finish();
    expect(await fixture.failures()).toEqual(["tickets/1.txt.json"]);
  });

  it.each<[string, typeof fixture.language.script]>([
    ["about a task", { onTask: () => ({ code: "UnreadableTask", message: "The answer is in no known form" }) }],
    [
      "at all",
      { onPoll: () => ({ class: "transient", code: "UnreadableResponse", message: "no job", hint: "-", status: 200 }) },
    ],
  ])("and answers in a way that nobody can read %s is polled, and not sent again", async (_, script) => {
    fixture.language.script = script;
    const held = await follow(
      await fixture.run((next) => next.action === "collect" && next.status.reason !== undefined),
      10,
    );
    expect(await records()).toEqual([]);
    fixture.language.script = {};
    await fixture.finish(held);
    expect(await fixture.results()).toHaveLength(3);
    expect(new Set(fixture.language.timesSent.values())).toEqual(new Set([1]));

    await fixture.drop("late.txt", "late");
    fixture.language.script = script;
    const open = await fixture.run((next) => next.action === "collect" && next.status.reason !== undefined);
    fixture.skippedMs += HOURS_26;
    const later = await follow(open, 10);
    expect(later.status.state).toBe("blocked");
    expect(fixture.language.timesSent.get("late")).toBe(1);
  });
});

describe("the moment between the service's answer and the ticket", () => {
  it("lasts as long as storage fails: the ticket is written again and again, and the job is sent once", async () => {
    const step = await fixture.run((next) => next.action === "submit");
    let fails = 0;
    const work = new Proxy(fixture.containers.work, {
      get(target, key) {
        const value = Reflect.get(target, key, target);
        if (key !== "getBlockBlobClient") return value.bind?.(target) ?? value;
        return (name: string) => {
          const blob = target.getBlockBlobClient(name);
          const isTicket = name.endsWith("progress.json") && fixture.language.submitted.length > 0;
          if (!isTicket || fails >= 4) return blob;
          const upload = blob.upload.bind(blob);
          blob.upload = async (...args) => {
            // Some are done all the same, and only the answer is lost.
            if (++fails === 3) await upload(...args);
            throw new RestError("Server busy", { statusCode: 503, code: "ServerBusy" });
          };
          return blob;
        };
      },
    });
    const sent = await fixture.step(step, { containers: { ...fixture.containers, work } });
    expect([fails, sent.action]).toEqual([4, "collect"]);
    await fixture.finish(sent);
    expect(await fixture.results()).toHaveLength(3);
    expect(new Set(fixture.language.timesSent.values())).toEqual(new Set([1]));
    expect(fixture.events.map(({ event }) => event)).not.toContain("job.sentAgain");
  });

  it("is told when a process died in it", async () => {
    const step = await fixture.run((next) => next.action === "submit");
    const { submit } = fixture.language;
    const dead = new Promise<void>((resolve) => {
      fixture.language.submit = async (request) => {
        await submit.call(fixture.language, request);
        resolve();
        return new Promise(() => {});
      };
    });
    void fixture.step(step);
    await dead;
    fixture.language.submit = submit;
    await fixture.endLeases();
    await fixture.finish(step);
    expect(await fixture.results()).toHaveLength(3);
    expect(fixture.events.filter(({ event }) => event === "job.sentAgain")).toEqual([
      expect.objectContaining({ pipeline: "tickets", lane: 0, job: "r1-0", since: expect.any(String) }),
    ]);
  });

  it("is told when a connection broke, and not when the service refused", async () => {
    fixture.language.script.onSubmit = (_, nth) =>
      nth === 1
        ? { class: "transient", code: "ServiceUnavailable", message: "down", hint: "-", status: 503 }
        : nth === 2
          ? { class: "transient", code: "NetworkError", message: "broke off", hint: "-" }
          : undefined;
    await fixture.finish();
    expect(fixture.events.filter(({ event }) => event === "job.sentAgain")).toHaveLength(1);
  });
});

describe("a timer that comes early", () => {
  it("makes no poll within a second of the last one", async () => {
    fixture.language.script.onPoll = () => "running";
    let step = await fixture.run((next) => next.action === "collect");
    const before = fixture.language.polls;
    for (let n = 0; n < 5; n++) step = await fixture.step(step);
    expect(fixture.language.polls).toBe(before + 1);
    expect(step).toMatchObject({ action: "collect", status: { state: "analysing" } });
    expect(step.afterSeconds).toBeGreaterThanOrEqual(1);
    fixture.skippedMs += 1_000;
    await fixture.step(step);
    expect(fixture.language.polls).toBe(before + 2);
  });
});
