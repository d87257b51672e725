import { beforeEach, describe, expect, it } from "vitest";
import { firstStep, type LaneStatus, laneInstanceId } from "../../../src/lib/lane/lane.ts";
import { findMissed, inspectPipeline, type SweepContext } from "../../../src/lib/queueing/sweep.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

const MINUTE = 60_000;
let fixture: LaneFixture;
let context: SweepContext;
let running: Map<string, LaneStatus>;

const host = {
  runningStatus: async (id: string) => running.get(id),
  start: async () => undefined,
};

beforeEach(async () => {
  fixture = await LaneFixture.create();
  running = new Map();
  context = fixture.sweepContext();
});

const upload = (name: string): Promise<unknown> =>
  fixture.containers.input.getBlockBlobClient(name).uploadData(Buffer.from(`text of ${name}`));

describe("inspectPipeline", () => {
  it("has nothing to open where nothing waits", async () => {
    expect(await inspectPipeline(context, host, fixture.pipeline)).toMatchObject({
      waiting: 0,
      toOpen: [],
      idle: true,
    });
  });

  it("opens a lane for waiting documents, and no lane that runs", async () => {
    await fixture.drop("a.txt", "x");
    const lane0 = { pipeline: "tickets", lane: 0 };
    expect((await inspectPipeline(context, host, fixture.pipeline)).toOpen).toEqual([lane0]);
    running.set(laneInstanceId(lane0), { state: "analysing" });
    expect(await inspectPipeline(context, host, fixture.pipeline)).toMatchObject({
      toOpen: [],
      lanesRunning: 1,
      waiting: 1,
    });
  });

  it("opens a lane that has a batch in hand and does not run, whatever its number", async () => {
    await fixture.drop("a.txt", "x");
    await fixture.step(firstStep({ pipeline: "tickets", lane: 3 }));
    const findings = await inspectPipeline(context, host, fixture.pipeline);
    expect(findings).toMatchObject({ toOpen: [{ pipeline: "tickets", lane: 3 }], waiting: 0, idle: false });
  });

  it("opens another lane for what waits beside one that cannot end its batch", async () => {
    await fixture.drop("a.txt", "x");
    await fixture.step(firstStep({ pipeline: "tickets", lane: 0 }));
    running.set("lane-tickets-0", { state: "failing" });
    expect((await inspectPipeline(context, host, fixture.pipeline)).toOpen).toEqual([]);
    await fixture.drop("b.txt", "x");
    expect((await inspectPipeline(context, host, fixture.pipeline)).toOpen).toEqual([{ pipeline: "tickets", lane: 1 }]);
  });

  it("counts blocked lanes", async () => {
    await fixture.drop("a.txt", "x");
    running.set("lane-tickets-0", { state: "blocked" });
    expect(await inspectPipeline(context, host, fixture.pipeline)).toMatchObject({ blocked: 1 });
  });
});

describe("findMissed", () => {
  const missed = async (idle = new Set(["tickets"])) => (await findMissed(context, idle)).missed;

  it("puts documents on the queue whose event was lost, once they are old enough", async () => {
    await upload("lost.txt");
    expect(await missed()).toEqual(new Map());
    fixture.skippedMs = 20 * MINUTE;
    expect(await missed()).toEqual(new Map([[fixture.pipeline, 1]]));
    await fixture.run((next) => next.status.state === "closing");
    expect(await fixture.results()).toEqual(["tickets/lost.txt.json"]);
  });

  it("passes over documents that have ended, and finds new versions of them", async () => {
    await fixture.drop("a.txt", "first");
    await fixture.run((next) => next.status.state === "closing");
    fixture.skippedMs += 60 * MINUTE;
    expect((await missed()).size).toBe(0);
    await fixture.containers.input.getBlockBlobClient("a.txt").uploadData(Buffer.from("second"));
    fixture.skippedMs += 60 * MINUTE;
    expect((await missed()).size).toBe(1);
  });

  it("walks a page at a time, and rests after the last", async () => {
    for (let n = 0; n < 25; n++) await upload(`${n}.txt`);
    fixture.skippedMs = 60 * MINUTE;
    const found = [];
    for (let page = 0; page < 4; page++) found.push((await missed()).get(fixture.pipeline) ?? 0);
    expect(found).toEqual([10, 10, 5, 0]);
  });

  it("leaves a pipeline alone that has work: its documents are most likely in the queue", async () => {
    await upload("a.txt");
    fixture.skippedMs = 60 * MINUTE;
    expect((await missed(new Set())).size).toBe(0);
    expect((await fixture.queue.peek()).total).toBe(0);
  });
});
