import { beforeEach, describe, expect, it } from "vitest";
import { removeOrphans } from "../../../src/lib/lane/store/list-lanes.ts";
import { removeLeftovers } from "../../../src/lib/queueing/removed-pipelines.ts";
import { describeDocument, describePath } from "../../../src/lib/status/describe-document.ts";
import { describePipeline, describePipelines, type StatusContext } from "../../../src/lib/status/describe-pipeline.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

let fixture: LaneFixture;
let context: StatusContext;

beforeEach(async () => {
  fixture = await LaneFixture.create({ match: "tickets/**" });
  context = fixture.statusContext();
});

const place = async (name: string): Promise<unknown> => (await describeDocument(context, name)).places;

describe("describeDocument", () => {
  it("follows a document from the queue through a lane to its record, and tells when that is outdated", async () => {
    const name = "tickets/a.txt";
    expect(await place(name)).toEqual([{ pipeline: "tickets", state: "unknown" }]);
    await fixture.drop(name, "first");
    expect(await place(name)).toEqual([{ pipeline: "tickets", state: "waiting" }]);
    const analysing = await fixture.run((next) => next.action === "collect");
    expect(await place(name)).toEqual([{ pipeline: "tickets", state: "running", lane: 0 }]);
    await fixture.run((next) => next.status.state === "closing", 0, analysing);
    const record = `${fixture.containers.results.containerName}/tickets/${name}.json`;
    expect(await place(name)).toEqual([{ pipeline: "tickets", state: "succeeded", record }]);
    await fixture.drop(name, "second");
    expect(await place(name)).toEqual([{ pipeline: "tickets", state: "outdated", record }]);
  });

  it("says of a redriven document that it waits, then that it runs, and not that it has failed", async () => {
    const name = "tickets/a.txt";
    fixture.language.script.onDocument = () => ({ code: "InvalidDocument", message: "no" });
    await fixture.drop(name, "first");
    await fixture.finish();
    const record = `${fixture.containers.failed.containerName}/tickets/${name}.json`;
    expect(await place(name)).toEqual([{ pipeline: "tickets", state: "failed", record }]);
    fixture.language.script = {};
    await fixture.announce(name, "redrive");
    expect(await place(name)).toEqual([{ pipeline: "tickets", state: "waiting", record }]);
    const analysing = await fixture.run((next) => next.action === "collect");
    expect(await place(name)).toEqual([{ pipeline: "tickets", state: "running", lane: 0, record }]);
    await fixture.finish(analysing);
    expect(await place(name)).toMatchObject([{ state: "succeeded" }]);
  });

  it("says of a document with a task that failed that it succeeded in part, until it is redriven", async () => {
    const tasks = (["topic", "mood"] as const).map((name) => ({
      kind: "CustomSingleLabelClassification" as const,
      name,
      parameters: { projectName: "p", deploymentName: "d" },
    }));
    fixture = await LaneFixture.create({ match: "tickets/**", tasks });
    context = fixture.statusContext();
    fixture.language.script.onDocument = (_, { name }) =>
      name === "mood" ? { code: "InvalidDocument", message: "no" } : undefined;
    const name = "tickets/a.txt";
    await fixture.drop(name, "first");
    await fixture.finish();
    expect(await place(name)).toMatchObject([{ state: "partiallySucceeded" }]);
    fixture.language.script = {};
    await fixture.announce(name, "redrive");
    expect(await place(name)).toMatchObject([{ state: "waiting" }]);
  });

  it("says of a document with a result that it succeeded, also before its batch is over", async () => {
    for (let n = 0; n < 50; n++) await fixture.drop(`tickets/${n}.txt`, `text ${n}`);
    fixture.language.script.onPoll = ({ documents }) =>
      documents.some(({ text }) => text === "text 0") ? "running" : "succeeded";
    await fixture.run((next) => next.status.jobs?.done === 1);
    const [ended = ""] = await fixture.results();
    expect(await place(ended.slice("tickets/".length, -".json".length))).toMatchObject([{ state: "succeeded" }]);
  });

  it("takes %2F in a path for a slash, unless a document is called so", async () => {
    const name = async (path: string) => (await describePath(context, path)).name;
    await expect(name("tickets%2Fa.txt")).rejects.toMatchObject({
      status: 404,
      refusal: { code: "UnknownDocument", message: expect.stringContaining('"tickets/a.txt"') },
    });
    await fixture.drop("tickets/a.txt", "x");
    expect(await name("tickets/a.txt")).toBe("tickets/a.txt");
    expect(await name("tickets%2fa.txt")).toBe("tickets/a.txt");
    await fixture.containers.input.getBlockBlobClient("tickets%2Fa.txt").uploadData(Buffer.from("x"));
    expect(await name("tickets%2Fa.txt")).toBe("tickets%2Fa.txt");
  });

  it.each([
    "..",
    "../results/x.json",
    "..%2Fresults%2Ftickets%2Fa.txt.json",
    "a/../b",
    "..%2F..%2F..%2F",
    "x".repeat(1_025),
  ])("refuses a name that leads elsewhere or nowhere: %s", async (path) => {
    await expect(describePath(context, path)).rejects.toMatchObject({ status: 400, refusal: { code: "InvalidName" } });
  });

  it("names the record of a document that no pipeline wants", async () => {
    await fixture.drop("elsewhere.txt", "x");
    const record = `${fixture.containers.failed.containerName}/_unmatched/elsewhere.txt.json`;
    expect(await place("elsewhere.txt")).toEqual([{ pipeline: "_unmatched", state: "failed", record }]);
  });
});

describe("describePipeline", () => {
  it("shows what waits, the batch in hand with its progress, and the totals", async () => {
    const statuses = new Map([
      ["lane-tickets-0", { state: "analysing" as const, jobs: { prepared: 0, open: 1, done: 0 } }],
    ]);
    await fixture.drop("tickets/a.txt", "first");
    const analysing = await fixture.run((next) => next.action === "collect");
    await fixture.drop("tickets/b.txt", "second");
    expect(await describePipeline(context, statuses, fixture.pipeline)).toMatchObject({
      name: "tickets",
      waiting: 1,
      inHand: 1,
      state: "running",
      lanes: [{ lane: 0, running: true, status: { jobs: { open: 1 } }, batch: { documents: 1 } }],
      totals: { succeeded: 0 },
    });
    await fixture.run((next) => next.status.state === "closing", 0, analysing);
    expect(await describePipeline(context, statuses, fixture.pipeline)).toMatchObject({
      waiting: 0,
      totals: { succeeded: 2, textRecords: 2, jobs: 2, requests: 4 },
    });
  });
});

describe("describePipelines", () => {
  const host = { runningStatuses: async () => new Map() };
  const removed = async () => (await describePipelines(context, host)).pipelines.filter((each) => each.removed);

  it("shows a pipeline that was removed while a document of it was in hand, until its leftovers are swept", async () => {
    await fixture.drop("tickets/a.txt", "x");
    await fixture.run((next) => next.action === "collect");
    context = { ...context, pipelines: [], queues: { listQueues: () => noQueues() } };
    expect(await removed()).toMatchObject([
      { name: "tickets", lanes: [{ batch: { documents: 1 } }], blocked: [{ code: "PipelineNotConfigured" }] },
    ]);
    await removeLeftovers(context, fixture.now() - 60_000);
    expect(await removed()).toHaveLength(1);
    await removeLeftovers(context, fixture.now() + 60_000);
    await removeOrphans(fixture.containers.work, fixture.now() + 60_000);
    expect(await removed()).toEqual([]);
    const left = [];
    for await (const { name } of fixture.containers.work.listBlobsFlat()) left.push(name);
    expect(left).toEqual([]);
  });

  it("shows what waits for a pipeline that was removed", async () => {
    await fixture.drop("tickets/a.txt", "x");
    context = { ...context, pipelines: [], queues: { listQueues: () => named("lb-tickets", "lbx-tickets", "lbs") } };
    expect(await removed()).toMatchObject([{ name: "tickets", removed: true, waiting: 1 }]);
  });
});

const named = (...names: string[]) => names.map((name) => ({ name }))[Symbol.iterator]() as never;
const noQueues = () => named();
