import { beforeEach, describe, expect, it } from "vitest";
import { workNames } from "../../../src/lib/lane/store/names.ts";
import { acceptDocument } from "../../../src/lib/queueing/accept-document.ts";
import { findMissed } from "../../../src/lib/queueing/find-missed.ts";
import { inspectPipeline, type SweepContext } from "../../../src/lib/queueing/inspect-pipeline.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

const MINUTE = 60_000;
let fixture: LaneFixture;
let context: SweepContext;
/** Records that were looked up, by pipeline and document. */
let lookedUp: number;

beforeEach(async () => {
  fixture = await LaneFixture.create();
  context = fixture.sweepContext();
  lookedUp = 0;
  const { results } = fixture.containers;
  const counted = Object.create(results, {
    getBlobClient: {
      value: (name: string) => {
        lookedUp++;
        return results.getBlobClient(name);
      },
    },
  });
  context = { ...context, containers: { ...context.containers, results: counted } };
});

const upload = (name: string): Promise<unknown> =>
  fixture.containers.input.getBlockBlobClient(name).uploadData(Buffer.from(`text of ${name}`));

/** How many documents of the pipeline a sweep puts on its queue. */
async function missed(): Promise<number> {
  const findings = await Promise.all(
    context.pipelines.map((pipeline) => inspectPipeline(context, new Map(), pipeline)),
  );
  return (await findMissed(context, findings)).missed.get("tickets") ?? 0;
}

describe("the search for documents whose event was lost", () => {
  it("finds one within five minutes, with a sweep a minute", async () => {
    await missed();
    await upload("lost.txt");
    let found = 0;
    let minutes = 0;
    for (; found === 0 && minutes <= 5; minutes++) {
      fixture.skippedMs += MINUTE;
      found = await missed();
    }
    expect(found).toBe(1);
    expect(minutes).toBeLessThanOrEqual(5);
    await fixture.finish();
    expect(await fixture.results()).toEqual(["tickets/lost.txt.json"]);
  });

  it("leaves a document alone whose event may still come", async () => {
    await upload("fresh.txt");
    fixture.skippedMs = MINUTE;
    expect(await missed()).toBe(0);
  });

  it("looks each document up once, and pays nothing for it ever after", async () => {
    for (let n = 0; n < 12; n++) await fixture.drop(`${n}.txt`, "text");
    await fixture.finish();
    fixture.skippedMs += 10 * MINUTE;
    expect(await missed()).toBe(0);
    expect(lookedUp).toBeGreaterThanOrEqual(12);
    lookedUp = 0;
    for (let sweep = 0; sweep < 10; sweep++) {
      fixture.skippedMs += 2 * MINUTE;
      expect(await missed()).toBe(0);
    }
    expect(lookedUp).toBe(0);
  });

  it("finds a new version of a document that has ended", async () => {
    await fixture.drop("a.txt", "first");
    await fixture.finish();
    fixture.skippedMs += 60 * MINUTE;
    expect(await missed()).toBe(0);
    fixture.skippedMs -= 60 * MINUTE;
    await missed();
    await fixture.containers.input.getBlockBlobClient("a.txt").uploadData(Buffer.from("second"));
    await fixture.containers.work.getBlobClient(workNames.sweep).deleteIfExists();
    fixture.skippedMs += 60 * MINUTE;
    expect(await missed()).toBe(1);
  });

  it("goes on after many pages where the last sweep ended", async () => {
    context = { ...context, pageDocuments: 1 };
    for (let n = 0; n < 25; n++) await upload(`${n}.txt`);
    fixture.skippedMs = 60 * MINUTE;
    expect(await missed()).toBe(20);
    expect(await missed()).toBe(5);
  });

  it("takes what a busy pipeline has in hand for what it is, and still finds what is older than that", async () => {
    await upload("lost.txt");
    await fixture.drop("in-hand.txt", "x");
    await fixture.run((next) => next.action === "collect");
    fixture.skippedMs += 10 * MINUTE;
    expect(await missed()).toBe(1);
    expect((await fixture.queue.peek()).total).toBe(1);
  });

  it("leaves alone what is younger than the oldest document that waits: it waits as well", async () => {
    await fixture.drop("waiting.txt", "x");
    await upload("behind.txt");
    fixture.skippedMs = 30 * MINUTE;
    expect(await missed()).toBe(0);
    await fixture.finish();
    fixture.skippedMs += 10 * MINUTE;
    expect(await missed()).toBe(1);
  });

  it("looks again at all documents of a pipeline that takes others than before", async () => {
    context = { ...context, pipelines: [{ ...fixture.pipeline, match: "tickets/**" }] };
    await upload("a.txt");
    fixture.skippedMs = 10 * MINUTE;
    expect(await missed()).toBe(0);
    context = { ...context, pipelines: [fixture.pipeline] };
    fixture.skippedMs += 10 * MINUTE;
    expect(await missed()).toBe(1);
  });

  it("removes what was told of a document under such settings once nobody holds it any more", async () => {
    const narrow = { ...context, pipelines: [{ ...fixture.pipeline, match: "tickets/**" }] };
    await upload("a.txt");
    await acceptDocument(narrow, "a.txt", "event");
    const held = fixture.containers.failed.getBlobClient("_unmatched/a.txt.json").getBlobLeaseClient();
    await held.acquireLease(-1);
    fixture.skippedMs += 2 * MINUTE;
    await missed();
    await fixture.finish();
    expect(await fixture.failures()).toEqual(["_unmatched/a.txt.json"]);
    await held.releaseLease();
    fixture.skippedMs += 2 * MINUTE;
    await missed();
    expect(await fixture.failures()).toEqual([]);
  });

  it("removes what was told of a document under settings that stood between two sweeps", async () => {
    await fixture.drop("a.txt", "x");
    await fixture.finish();
    fixture.skippedMs += 10 * MINUTE;
    await missed();
    const narrow = { ...context, pipelines: [{ ...fixture.pipeline, match: "tickets/**" }] };
    await acceptDocument(narrow, "a.txt", "event");
    expect(await fixture.failures()).toEqual(["_unmatched/a.txt.json"]);
    fixture.skippedMs += 2 * MINUTE;
    await missed();
    expect(await fixture.failures()).toEqual([]);
  });
});
