import { beforeEach, describe, expect, it } from "vitest";
import type { LaneStep } from "../../../src/lib/lane/lane.ts";
import { planRetries } from "../../../src/lib/lane/policy/answers.ts";
import { type BatchJob, newJob } from "../../../src/lib/lane/store/batch-progress.ts";
import type { ServiceError, Task } from "../../../src/lib/language/analysis.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

const task = (name: string): Task => ({ kind: "CustomSingleLabelClassification", name, parameters: {} });
const BROKE: ServiceError = { code: "InternalServerError", message: "It broke." };
const WRONG: ServiceError = { code: "ProjectNotFound", message: "No such project." };
const REFUSED: ServiceError = { code: "InvalidDocument", message: "Not this one." };

describe("what is worth asking again", () => {
  const outcome = (name: string, error?: ServiceError) =>
    error === undefined
      ? { task: name, status: "succeeded" as const, about: {} }
      : { task: name, status: "failed" as const, about: {}, error };
  const retries = (...chunks: [(ServiceError | undefined)?, ServiceError?][]) => {
    const ids = chunks.map((_, index) => `${index}-0`);
    const job: BatchJob = newJob("r0", "r0", ids);
    const answers = chunks.map(([one, two], index) => [ids[index], [outcome("one", one), outcome("two", two)]]);
    return planRetries(job, { at: "", attempts: 1, chunks: Object.fromEntries(answers) });
  };

  it.each<[string, [(ServiceError | undefined)?, ServiceError?][], object[]]>([
    ["nothing of what was answered", [[], []], []],
    ["nothing that a document was refused for", [[REFUSED, REFUSED], []], []],
    ["the task that broke", [[undefined, BROKE]], [{ tasks: ["two"], wholeJob: false, chunks: ["0-0"] }]],
    ["the task that broke, not the one that refused", [[REFUSED, BROKE]], [{ tasks: ["two"], wholeJob: false }]],
    ["a chunk as a whole", [[BROKE, BROKE], []], [{ tasks: ["one", "two"], wholeJob: true, chunks: ["0-0"] }]],
    [
      "chunks of the same tasks together",
      [[BROKE], [undefined, BROKE], [BROKE]],
      [
        { tasks: ["one"], chunks: ["0-0", "2-0"] },
        { tasks: ["two"], chunks: ["1-0"] },
      ],
    ],
    ["a task with a wrong setting", [[undefined, WRONG]], [{ tasks: ["two"], wholeJob: false }]],
    [
      "a task with a wrong setting, though it has answered about another document",
      [[undefined, WRONG], []],
      [{ tasks: ["two"], chunks: ["0-0"], blame: "blocked" }],
    ],
  ])("%s", (_, chunks, expected) => {
    expect(retries(...chunks)).toMatchObject(expected);
    expect(retries(...chunks)).toHaveLength(expected.length);
  });
});

describe("a task that fails beside one that answers", () => {
  let fixture: LaneFixture;
  const asked = () => fixture.language.submitted.map(({ tasks }) => tasks.map(({ name }) => name).join(" "));
  const finish = (from?: LaneStep) => fixture.run((next) => next.status.state === "closing", 0, from);
  const fails = (error: ServiceError) => {
    fixture.language.script.onDocument = ({ text }, { name }) =>
      text === "text" && name === "two" ? error : undefined;
  };

  beforeEach(async () => {
    fixture = await LaneFixture.create({ tasks: [task("one"), task("two")] });
    await fixture.drop("d.txt", "text");
  });

  it("is asked again alone, and the result has the answers of both jobs", async () => {
    fails(BROKE);
    const again = await fixture.run((next) => next.action === "submit" && fixture.language.submitted.length === 1);
    fixture.language.script = {};
    await finish(again);
    expect(asked()).toEqual(["one two", "two"]);
    expect(await fixture.read("results", "d.txt")).toMatchObject({
      status: "succeeded",
      tasks: [
        { name: "one", status: "succeeded" },
        { name: "two", status: "succeeded" },
      ],
      jobs: [{}, {}],
      usage: { textRecords: 2 },
    });
  });

  it("fails for good after as many attempts as any document has", async () => {
    fails(BROKE);
    await finish();
    expect(new Set(asked())).toEqual(new Set(["one two", "two"]));
    expect(fixture.language.timesSent.get("Hello.")).toBe(1);
    expect(await fixture.read("results", "d.txt")).toMatchObject({
      status: "partiallySucceeded",
      tasks: [
        { name: "one", status: "succeeded" },
        { name: "two", status: "failed", error: { code: "InternalServerError", message: "It broke." } },
      ],
      usage: { textRecords: 1 },
    });
  });

  it("for every text is an outage of that task: nothing is published, and the lane says that it is held up", async () => {
    fixture.language.script.onDocument = (_, { name }) => (name === "two" ? BROKE : undefined);
    const held = await fixture.run((next) => next.status.state === "blocked");
    expect(held.status.reason?.message).toContain("not even about a harmless text: It broke.");
    expect([...(await fixture.results()), ...(await fixture.failures())]).toEqual([]);
    fixture.language.script = {};
    await finish(held);
    expect(await fixture.read("results", "d.txt")).toMatchObject({ status: "succeeded", tasks: [{}, {}] });
    expect(fixture.events.map(({ event }) => event)).toContain("lane.unblocked");
  });

  it("for every text, and is taken out of the pipeline as the hint says, leaves the answers of the others", async () => {
    fixture.language.script.onDocument = (_, { name }) => (name === "two" ? BROKE : undefined);
    let step = await fixture.run((next) => next.status.state === "blocked");
    expect(step.status.reason?.hint).toContain("take that task out of the pipeline");
    const pipeline = { ...fixture.pipeline, tasks: [task("one")] };
    for (let steps = 0; steps < 20 && step.status.state !== "closing"; steps++) {
      fixture.skippedMs += step.afterSeconds * 1000;
      step = await fixture.step({ ...step, afterSeconds: 0 }, { pipeline });
    }
    expect(await fixture.read("results", "d.txt")).toMatchObject({
      status: "partiallySucceeded",
      tasks: [
        { name: "one", status: "succeeded" },
        { name: "two", status: "failed" },
      ],
    });
    expect(await fixture.workBlobs()).toEqual([]);
  });

  it("because of a wrong setting costs no document: the lane waits, and asks only that task when it is put right", async () => {
    fails(WRONG);
    const blocked = await fixture.run((next) => next.status.state === "blocked");
    expect(blocked.status.reason).toMatchObject({ code: "ProjectNotFound" });
    expect(await fixture.results()).toEqual([]);
    fixture.language.script = {};
    await finish(blocked);
    expect(new Set(asked().slice(1))).toEqual(new Set(["two"]));
    expect(await fixture.read("results", "d.txt")).toMatchObject({ status: "succeeded", tasks: [{}, {}] });
  });

  it("and was taken out of the pipeline keeps what was said of it", async () => {
    fails(WRONG);
    let step = await fixture.run((next) => next.status.state === "blocked");
    const pipeline = { ...fixture.pipeline, tasks: [task("one")] };
    for (let steps = 0; steps < 10 && step.status.state !== "closing"; steps++) {
      step = await fixture.step({ ...step, afterSeconds: 0 }, { pipeline });
      fixture.skippedMs += step.afterSeconds * 1000;
    }
    expect(await fixture.read("results", "d.txt")).toMatchObject({
      status: "partiallySucceeded",
      tasks: [
        { name: "one", status: "succeeded" },
        { name: "two", status: "failed", error: { code: "ProjectNotFound" } },
      ],
    });
  });

  it("for a document of its own is not asked again", async () => {
    fails(REFUSED);
    await finish();
    expect(asked()).toEqual(["one two"]);
    expect(await fixture.read("results", "d.txt")).toMatchObject({ status: "partiallySucceeded" });
  });
});
