import { beforeEach, describe, expect, it } from "vitest";
import { firstStep, type LaneStatus, laneInstanceId } from "../../../src/lib/lane/lane.ts";
import { inspectPipeline, type SweepContext } from "../../../src/lib/queueing/inspect-pipeline.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

let fixture: LaneFixture;
let context: SweepContext;
let running: Map<string, LaneStatus>;

beforeEach(async () => {
  fixture = await LaneFixture.create();
  running = new Map();
  context = fixture.sweepContext();
});

describe("inspectPipeline", () => {
  it("has nothing to open where nothing waits", async () => {
    expect(await inspectPipeline(context, running, fixture.pipeline)).toMatchObject({
      waiting: 0,
      toOpen: [],
    });
  });

  it("opens a lane for waiting documents, and no lane that runs", async () => {
    await fixture.drop("a.txt", "x");
    const lane0 = { pipeline: "tickets", lane: 0 };
    expect((await inspectPipeline(context, running, fixture.pipeline)).toOpen).toEqual([lane0]);
    running.set(laneInstanceId(lane0), { state: "analysing" });
    expect(await inspectPipeline(context, running, fixture.pipeline)).toMatchObject({
      toOpen: [],
      lanesRunning: 1,
      waiting: 1,
    });
  });

  it("opens a lane that has a batch in hand and does not run, whatever its number", async () => {
    await fixture.drop("a.txt", "x");
    await fixture.step(firstStep({ pipeline: "tickets", lane: 3 }));
    const findings = await inspectPipeline(context, running, fixture.pipeline);
    expect(findings).toMatchObject({ toOpen: [{ pipeline: "tickets", lane: 3 }], waiting: 0 });
  });

  it("opens another lane for what waits beside one that cannot end its batch", async () => {
    await fixture.drop("a.txt", "x");
    await fixture.step(firstStep({ pipeline: "tickets", lane: 0 }));
    running.set("lane-tickets-0", { state: "failing" });
    expect((await inspectPipeline(context, running, fixture.pipeline)).toOpen).toEqual([]);
    await fixture.drop("b.txt", "x");
    expect((await inspectPipeline(context, running, fixture.pipeline)).toOpen).toEqual([
      { pipeline: "tickets", lane: 1 },
    ]);
  });

  it("counts blocked lanes", async () => {
    await fixture.drop("a.txt", "x");
    running.set("lane-tickets-0", { state: "blocked" });
    expect(await inspectPipeline(context, running, fixture.pipeline)).toMatchObject({ blocked: 1 });
  });

  it("finds a lane lost that has nothing to do, for no other could open in its place", async () => {
    const nextPollAt = new Date(fixture.now() - 5 * 60_000).toISOString();
    running.set("lane-tickets-7", { state: "waiting", nextPollAt });
    running.set("lane-tickets-1", { state: "waiting", nextPollAt: new Date(fixture.now()).toISOString() });
    running.set("lane-other-2", { state: "waiting", nextPollAt });
    expect(await inspectPipeline(context, running, fixture.pipeline)).toMatchObject({
      overdue: [{ lane: 7, overdueSeconds: 300 }],
      lanesRunning: 2,
      toOpen: [],
    });
  });
});
