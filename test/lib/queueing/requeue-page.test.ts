import { beforeEach, describe, expect, it } from "vitest";
import type { z } from "zod";
import type { IntakeContext } from "../../../src/lib/queueing/accept-document.ts";
import { type RequeueState, requeuePage, requeueStateSchema } from "../../../src/lib/queueing/requeue-page.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

let fixture: LaneFixture;
let context: IntakeContext;

beforeEach(async () => {
  fixture = await LaneFixture.create({ match: "tickets/**" });
  context = fixture.sweepContext();
});

const state = (changes: z.input<typeof requeueStateSchema>): RequeueState => requeueStateSchema.parse(changes);
/** Page after page to the end. */
async function all(changes: z.input<typeof requeueStateSchema>, within = context): Promise<RequeueState> {
  let at = state(changes);
  while (!at.done) at = (await requeuePage(within, at)).state;
  return at;
}
const finish = (): Promise<unknown> => fixture.run((next) => next.status.state === "closing");
const upload = (name: string, text: string): Promise<unknown> =>
  fixture.containers.input.getBlockBlobClient(name).uploadData(Buffer.from(text));

describe("a backfill", () => {
  it("queues what has no record of its current version, and nothing else", async () => {
    await fixture.drop("tickets/done.txt", "done");
    await finish();
    await upload("tickets/new.txt", "new");
    const page = await requeuePage(context, state({ kind: "backfill" }));
    expect(page).toMatchObject({ state: { seen: 2, queued: 1, done: true }, opened: [fixture.pipeline] });
    await finish();
    expect(await fixture.results()).toHaveLength(2);
  });

  it("keeps to its prefix and its pipeline", async () => {
    await upload("tickets/a/1.txt", "x");
    await upload("tickets/b/1.txt", "x");
    await upload("elsewhere.txt", "x");
    const page = await requeuePage(context, state({ kind: "backfill", pipeline: "tickets", prefix: "tickets/a" }));
    expect(page.state).toMatchObject({ seen: 1, queued: 1 });
    expect(await fixture.failures()).toEqual([]);
  });

  it("records documents that no pipeline wants", async () => {
    await upload("elsewhere.txt", "x");
    expect((await requeuePage(context, state({ kind: "backfill" }))).state).toMatchObject({ seen: 1, queued: 0 });
    expect(await fixture.failures()).toEqual(["_unmatched/elsewhere.txt.json"]);
    expect((await requeuePage(context, state({ kind: "backfill" }))).state.queued).toBe(0);
  });
});

describe("a document whose failure record may not be replaced", () => {
  it("is counted and named, and its neighbours are queued", async () => {
    await upload("elsewhere.txt", "first");
    await fixture.announce("elsewhere.txt");
    const record = fixture.containers.failed.getBlobClient("_unmatched/elsewhere.txt.json");
    await record.getBlobLeaseClient().acquireLease(-1);
    await upload("elsewhere.txt", "second");
    await upload("tickets/a.txt", "x");
    const page = await requeuePage(context, state({ kind: "backfill" }));
    expect(page).toMatchObject({ state: { seen: 2, queued: 1, refused: 1, done: true }, opened: [fixture.pipeline] });
    expect(fixture.events).toContainEqual({
      event: "record.refused",
      pipeline: "_unmatched",
      document: "elsewhere.txt",
      message: expect.stringContaining("_unmatched/elsewhere.txt.json"),
    });
  });
});

describe("a redrive", () => {
  it("queues failed documents again, under their own names", async () => {
    fixture.language.script.onDocument = () => ({ code: "InvalidDocument", message: "no" });
    await fixture.drop("tickets/über uns #1.txt", "refused");
    await finish();
    fixture.language.script = {};
    const ended = await all({ kind: "redrive", pipeline: "tickets" });
    expect(ended).toMatchObject({ seen: 1, matched: 1, queued: 1 });
    await finish();
    expect(await fixture.failures()).toEqual([]);
    expect(await fixture.results()).toHaveLength(1);
  });

  it("gives documents that no pipeline wanted to the pipeline that does now, and leaves no second record", async () => {
    await fixture.drop("later.txt", "x");
    expect(await fixture.failures()).toEqual(["_unmatched/later.txt.json"]);
    const wider = { ...fixture.pipeline, match: "**" };
    await all({ kind: "redrive", pipeline: "_unmatched" }, { ...context, pipelines: [wider] });
    await finish();
    expect(await fixture.failures()).toEqual([]);
    expect(await fixture.results()).toEqual(["tickets/later.txt.json"]);
  });
});
