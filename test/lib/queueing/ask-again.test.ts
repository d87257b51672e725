import { beforeEach, describe, expect, it } from "vitest";
import type { LaneStatus } from "../../../src/lib/lane/lane.ts";
import {
  cancelRun,
  createRun,
  listRuns,
  resumeRun,
  stepRun,
  stepRunFor,
} from "../../../src/lib/queueing/requeue-run.ts";
import { partialMarkNames } from "../../../src/lib/results/outcome-metadata.ts";
import { describeFailures } from "../../../src/lib/status/describe-failures.ts";
import { describePipeline } from "../../../src/lib/status/describe-pipeline.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

let fixture: LaneFixture;
const TASKS = ["topic", "people"].map((name) => ({
  kind: "CustomSingleLabelClassification" as const,
  name,
  parameters: { projectName: name, deploymentName: "production" },
}));

beforeEach(async () => {
  fixture = await LaneFixture.create({ match: "tickets/**", tasks: TASKS });
});

type Wanted = Parameters<typeof createRun>[1];
const run = async (wanted: Wanted) => {
  const { id } = await createRun(fixture.sweepContext(), wanted, {});
  return (await stepRunFor(fixture.sweepContext(), id, 60_000)).run.state;
};
const failures = (query: Partial<Parameters<typeof describeFailures>[1]> = {}) =>
  describeFailures(fixture.sweepContext(), { limit: 50, ...query });
const sentTexts = () => fixture.language.submitted.flatMap(({ documents }) => documents).length;

/** Documents that fail as a whole, and others of which the task `people` fails. */
async function dropTroubled(): Promise<void> {
  fixture.language.script.onDocument = ({ text }, { name }) => {
    if (text.startsWith("bad")) return { code: "InvalidDocument", message: "no" };
    if (text.startsWith("half") && name === "people")
      return { code: "UnsupportedLanguageCode", message: "not this one" };
    return undefined;
  };
  await fixture.drop("tickets/bad.txt", "bad");
  await fixture.drop("tickets/half.txt", "half");
  await fixture.drop("tickets/good.txt", "good");
  await fixture.finish();
}

describe("a redrive", () => {
  it("asks only the failed tasks of a partially succeeded document again, and puts their answers into its result", async () => {
    await dropTroubled();
    const before = await fixture.read("results", "tickets/half.txt");
    expect(before).toMatchObject({ status: "partiallySucceeded", usage: { textRecords: 1 } });
    fixture.language.script = {};
    const sent = fixture.language.submitted.length;
    expect(await run({ kind: "redrive", task: "people", code: "UnsupportedLanguageCode" })).toMatchObject({
      matched: 1,
      queued: 1,
    });
    await fixture.finish();
    const again = fixture.language.submitted.slice(sent);
    expect(again.map(({ tasks }) => tasks.map(({ name }) => name))).toEqual([["people"]]);
    const after = await fixture.read("results", "tickets/half.txt");
    expect(after).toMatchObject({ status: "succeeded", usage: { textRecords: 2 } });
    expect((after.tasks as object[])[0]).toEqual((before.tasks as object[])[0]);
    expect((after.tasks as { status: string }[]).map(({ status }) => status)).toEqual(["succeeded", "succeeded"]);
    expect(after.jobs).toHaveLength(2);
    expect((await failures()).groups).toMatchObject([{ code: "InvalidDocument", count: 1 }]);
    expect(await fixture.results()).toHaveLength(2);
  });

  it("keeps a partially succeeded result whose task fails once more, and can be asked for again", async () => {
    await dropTroubled();
    await run({ kind: "redrive", task: "people" });
    await fixture.finish();
    expect(await fixture.read("results", "tickets/half.txt")).toMatchObject({ status: "partiallySucceeded" });
    expect(await run({ kind: "redrive", task: "people", dryRun: true })).toMatchObject({ matched: 1 });
  });

  it("asked for twice sends nothing twice, though the documents fail again", async () => {
    await dropTroubled();
    const sent = sentTexts();
    const first = await run({ kind: "redrive" });
    const second = await run({ kind: "redrive" });
    expect([first.queued, second.queued]).toEqual([2, 2]);
    await fixture.finish();
    expect(sentTexts() - sent).toBe(2);
    expect(await fixture.failures()).toEqual(["tickets/tickets/bad.txt.json"]);
  });

  it("with dryRun only counts, by code, task, prefix and age", async () => {
    await dropTroubled();
    const count = async (wanted: Partial<Wanted>) => (await run({ kind: "redrive", dryRun: true, ...wanted })).matched;
    expect(await count({})).toBe(2);
    expect(await count({ code: "InvalidDocument" })).toBe(1);
    expect(await count({ task: "people" })).toBe(1);
    expect(await count({ prefix: "tickets/h" })).toBe(1);
    expect(await count({ to: fixture.now() - 3_600_000 })).toBe(0);
    expect(await count({ from: Date.now() - 3_600_000 })).toBe(2);
    expect(
      await describePipeline(fixture.statusContext(), new Map<string, LaneStatus>(), fixture.pipeline),
    ).toMatchObject({ waiting: 0 });
  });
});

describe("a backfill", () => {
  it("with force analyses again what has its result, once for each request, and nothing without force", async () => {
    await fixture.drop("tickets/a.txt", "a");
    await fixture.drop("tickets/b.txt", "b");
    await fixture.finish();
    expect(await run({ kind: "backfill" })).toMatchObject({ seen: 2, matched: 0 });
    fixture.language.script.content = () => ({ classes: [{ category: "new", confidenceScore: 1 }] });
    const outdatedBefore = Date.now() + 2_000;
    expect(await run({ kind: "backfill", outdatedBefore, dryRun: true })).toMatchObject({ matched: 2, queued: 0 });
    expect(await run({ kind: "backfill", outdatedBefore, prefix: "tickets/a" })).toMatchObject({ queued: 1 });
    expect(await run({ kind: "backfill", outdatedBefore, prefix: "tickets/a" })).toMatchObject({ queued: 1 });
    const sent = sentTexts();
    await fixture.finish();
    expect(sentTexts() - sent).toBe(1);
    const [task] = (await fixture.read("results", "tickets/a.txt")).tasks as { classes: object[] }[];
    expect(task?.classes).toEqual([{ category: "new", confidenceScore: 1 }]);
  });
});

describe("a run", () => {
  it("is cancelled after the page in hand, resumed where it stands, and listed, the latest first", async () => {
    await dropTroubled();
    const context = fixture.sweepContext();
    const old = await createRun(context, { kind: "backfill" }, {});
    fixture.skippedMs += 5;
    const { id } = await createRun(context, { kind: "redrive" }, { pipeline: "tickets" });
    await stepRun(context, id);
    expect((await cancelRun(context, id)).status).toBe("cancelled");
    expect((await stepRun(context, id)).run.state).toMatchObject({ seen: 1, done: false });
    await resumeRun(context, id);
    expect((await stepRunFor(context, id, 60_000)).run).toMatchObject({
      status: "done",
      state: { seen: 2, queued: 2 },
    });
    await expect(cancelRun(context, id)).rejects.toMatchObject({ status: 409 });
    await expect(stepRun(context, "requeue-none")).rejects.toMatchObject({ status: 404 });
    const { runs } = await listRuns(context.containers.work, { limit: 10 });
    expect(runs.map((one) => one.id)).toEqual([id, old.id]);
  });
});

describe("the failures", () => {
  it("are grouped by code with a hint, counted with what partially succeeded, and come in pages", async () => {
    await dropTroubled();
    for (let n = 0; n < 3; n++) await fixture.drop(`tickets/more ${n}.txt`, "bad");
    await fixture.drop("elsewhere.txt", "x");
    await fixture.finish();
    const first = await failures({ limit: 2 });
    expect(first).toMatchObject({ total: 6, complete: true });
    expect(first.groups?.map(({ code, count }) => [code, count])).toEqual([
      ["InvalidDocument", 4],
      ["NoPipeline", 1],
      ["UnsupportedLanguageCode", 1],
    ]);
    expect(first.groups?.[0]).toMatchObject({
      failed: 4,
      partiallySucceeded: 0,
      pipelines: { tickets: 4 },
      hint: expect.stringMatching(/\w/),
    });
    expect(first.groups?.[2]).toMatchObject({
      partiallySucceeded: 1,
      tasks: { people: 1 },
      examples: ["tickets/half.txt"],
    });
    const documents = [...first.documents];
    let cursor = first.nextCursor;
    while (cursor !== undefined) {
      const page = await failures({ limit: 2, cursor });
      expect(page).not.toHaveProperty("groups");
      documents.push(...page.documents);
      cursor = page.nextCursor;
    }
    expect(documents.map(({ name, status }) => `${name} ${status}`).sort()).toEqual([
      "elsewhere.txt failed",
      "tickets/bad.txt failed",
      "tickets/half.txt partiallySucceeded",
      "tickets/more 0.txt failed",
      "tickets/more 1.txt failed",
      "tickets/more 2.txt failed",
    ]);
    expect((await failures({ code: "UnsupportedLanguageCode" })).documents).toMatchObject([
      { name: "tickets/half.txt", task: "people" },
    ]);
  });

  it("pass over a mark that a crash left, and remove it", async () => {
    await dropTroubled();
    await fixture.containers.results.getBlobClient("tickets/tickets/half.txt.json").delete();
    expect((await failures({ code: "UnsupportedLanguageCode" })).documents).toEqual([]);
    const mark = fixture.containers.work.getBlobClient(partialMarkNames.mark("tickets", "tickets/half.txt"));
    expect(await mark.exists()).toBe(false);
  });

  it("are read where an earlier version of the app wrote them without telling the listing", async () => {
    const { failed } = fixture.containers;
    const record = {
      schemaVersion: "1.0",
      pipeline: "tickets",
      status: "failed",
      document: { container: "documents", name: "tickets/old.txt", etag: "1" },
      error: { code: "EmptyDocument", message: "m", hint: "h", source: "reader" },
      attempts: 1,
      failedAt: "2026-11-01T00:00:00.000Z",
    };
    await failed.getBlockBlobClient("tickets/tickets/old.txt.json").uploadData(Buffer.from(JSON.stringify(record)));
    expect(await failures()).toMatchObject({
      total: 1,
      documents: [{ name: "tickets/old.txt", code: "EmptyDocument" }],
    });
  });
});
