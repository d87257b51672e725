import { beforeEach, describe, expect, it } from "vitest";
import type { IntakeContext } from "../../../src/lib/queueing/accept-document.ts";
import { type WalkState, walkPage } from "../../../src/lib/queueing/requeue-page.ts";
import { LaneBench } from "../../helpers/lane-bench.ts";

let bench: LaneBench;
let context: IntakeContext;

beforeEach(async () => {
  bench = await LaneBench.create({ match: "tickets/**" });
  context = bench.sweepContext();
});

const state = (changes: Partial<WalkState> & Pick<WalkState, "kind">): WalkState => ({
  seen: 0,
  queued: 0,
  done: false,
  ...changes,
});
const finish = (): Promise<unknown> => bench.run((next) => next.status.state === "closing");
const upload = (name: string, text: string): Promise<unknown> =>
  bench.containers.input.getBlockBlobClient(name).uploadData(Buffer.from(text));

describe("a backfill", () => {
  it("queues what has no record of its current version, and nothing else", async () => {
    await bench.drop("tickets/done.txt", "done");
    await finish();
    await upload("tickets/new.txt", "new");
    const page = await walkPage(context, state({ kind: "backfill" }));
    expect(page).toMatchObject({ state: { seen: 2, queued: 1, done: true }, opened: [bench.pipeline] });
    await finish();
    expect(await bench.results()).toHaveLength(2);
  });

  it("keeps to its prefix and its pipeline", async () => {
    await upload("tickets/a/1.txt", "x");
    await upload("tickets/b/1.txt", "x");
    await upload("elsewhere.txt", "x");
    const page = await walkPage(context, state({ kind: "backfill", pipeline: "tickets", prefix: "tickets/a" }));
    expect(page.state).toMatchObject({ seen: 1, queued: 1 });
    expect(await bench.failures()).toEqual([]);
  });

  it("records documents that no pipeline wants", async () => {
    await upload("elsewhere.txt", "x");
    expect((await walkPage(context, state({ kind: "backfill" }))).state).toMatchObject({ seen: 1, queued: 0 });
    expect(await bench.failures()).toEqual(["_unmatched/elsewhere.txt.json"]);
    expect((await walkPage(context, state({ kind: "backfill" }))).state.queued).toBe(0);
  });
});

describe("a document whose failure record may not be replaced", () => {
  it("is counted and named, and its neighbours are queued", async () => {
    await upload("elsewhere.txt", "first");
    await bench.announce("elsewhere.txt");
    const record = bench.containers.failed.getBlobClient("_unmatched/elsewhere.txt.json");
    await record.getBlobLeaseClient().acquireLease(-1);
    await upload("elsewhere.txt", "second");
    await upload("tickets/a.txt", "x");
    const page = await walkPage(context, state({ kind: "backfill" }));
    expect(page).toMatchObject({ state: { seen: 2, queued: 1, refused: 1, done: true }, opened: [bench.pipeline] });
    expect(bench.events).toContainEqual({
      event: "record.refused",
      pipeline: "_unmatched",
      document: "elsewhere.txt",
      message: expect.stringContaining("_unmatched/elsewhere.txt.json"),
    });
  });

  it("stays, and keeps no pipeline from taking its document", async () => {
    await bench.drop("tickets/a.txt", "x");
    const { failed } = bench.containers;
    const stale = failed.getBlockBlobClient("_unmatched/tickets/a.txt.json");
    await stale.uploadData(Buffer.from("{}"));
    await stale.getBlobLeaseClient().acquireLease(-1);
    const page = await walkPage(context, state({ kind: "backfill" }));
    expect(page).toMatchObject({ state: { queued: 1 }, opened: [bench.pipeline] });
    expect(page.state).not.toHaveProperty("refused");
    expect(bench.events).toMatchObject([{ event: "record.refused", document: "tickets/a.txt" }]);
  });
});

describe("a redrive", () => {
  it("queues failed documents again, under their own names", async () => {
    bench.language.script.onDocument = () => ({ code: "InvalidDocument", message: "no" });
    await bench.drop("tickets/über uns #1.txt", "refused");
    await finish();
    bench.language.script = {};
    const page = await walkPage(context, state({ kind: "redrive", pipeline: "tickets" }));
    expect(page.state).toMatchObject({ seen: 1, queued: 1, done: true });
    await finish();
    expect(await bench.failures()).toEqual([]);
    expect(await bench.results()).toHaveLength(1);
  });

  it("gives documents that no pipeline wanted to the pipeline that does now, and leaves no second record", async () => {
    await bench.drop("later.txt", "x");
    expect(await bench.failures()).toEqual(["_unmatched/later.txt.json"]);
    const wider = { ...bench.pipeline, match: "**" };
    await walkPage({ ...context, pipelines: [wider] }, state({ kind: "redrive", pipeline: "_unmatched" }));
    await finish();
    expect(await bench.failures()).toEqual([]);
    expect(await bench.results()).toEqual(["tickets/later.txt.json"]);
  });
});
