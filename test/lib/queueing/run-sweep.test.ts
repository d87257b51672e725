import { beforeEach, describe, expect, it } from "vitest";
import type { LaneStatus } from "../../../src/lib/lane/lane.ts";
import { LaneOpener } from "../../../src/lib/lane/lane-opener.ts";
import { workNames } from "../../../src/lib/lane/store/names.ts";
import type { SweepContext } from "../../../src/lib/queueing/inspect-pipeline.ts";
import { runSweep } from "../../../src/lib/queueing/sweep.ts";
import { describePipeline } from "../../../src/lib/status/describe-pipeline.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

let fixture: LaneFixture;
let context: SweepContext;
let started: string[];
let terminated: string[];

const host = {
  runningStatus: async () => undefined,
  runningStatuses: async () => new Map<string, LaneStatus>(),
  start: async (id: string) => void started.push(id),
  terminate: async (id: string) => void terminated.push(id),
};
const sweep = (): Promise<void> => runSweep(context, host, new LaneOpener({ now: fixture.now }));

beforeEach(async () => {
  fixture = await LaneFixture.create({ match: "tickets/**" });
  started = [];
  terminated = [];
  context = fixture.sweepContext();
});

const put = (name: string, text: string): Promise<unknown> =>
  fixture.containers.work.getBlockBlobClient(name).upload(text, text.length);

describe("a sweep", () => {
  it("opens what should run, finds what was missed, and reports", async () => {
    await fixture.containers.input.getBlockBlobClient("tickets/lost.txt").uploadData(Buffer.from("x"));
    fixture.skippedMs = 60 * 60_000;
    await sweep();
    expect(started).toEqual(["lane-tickets-0"]);
    expect(fixture.events).toMatchObject([{ event: "sweep.report", pipeline: "tickets", waiting: 0, missed: 1 }]);
  });

  it("looks after the other pipelines when one is in trouble, and ends by saying which", async () => {
    await fixture.drop("tickets/a.txt", "x");
    const broken = { ...fixture.pipeline, name: "broken" };
    const queue = (name: string) => {
      if (name === "broken") throw new Error("no right to this queue\nwith a dump");
      return fixture.queue;
    };
    context = { ...context, pipelines: [broken, fixture.pipeline], queue };
    await expect(sweep()).rejects.toThrow(/pipeline "broken": no right to this queue$/);
    expect(started).toEqual(["lane-tickets-0"]);
    expect(fixture.events).toMatchObject([{ event: "sweep.report", pipeline: "tickets", waiting: 1 }]);
  });

  it("opens a lane whose file it cannot read, so that the lane says why, and all its neighbours", async () => {
    await put(workNames.lane({ pipeline: "tickets", lane: 0 }), JSON.stringify({ schemaVersion: "9.0" }));
    await put(workNames.claims("tickets"), '{"lanes": {"1": {');
    await fixture.step({
      pipeline: "tickets",
      lane: 0,
      action: "claim",
      afterSeconds: 0,
      status: { state: "starting" },
      memory: {},
    });
    await sweep();
    expect(started).toEqual(["lane-tickets-0"]);
    const failing = await fixture.run((next) => next.status.state === "failing");
    expect(failing.status.reason?.message).toMatch(/-work\/lanes\/tickets\/0\.json .*schemaVersion/);
    expect(await describePipeline(fixture.statusContext(), new Map(), fixture.pipeline)).toMatchObject({
      lanes: [{ lane: 0, running: false }],
    });
  });

  it("goes on past a document whose failure record may not be replaced, names that record, and finds the rest", async () => {
    context = { ...context, pageDocuments: 2 };
    const { input, failed } = fixture.containers;
    const unwanted = input.getBlockBlobClient("elsewhere.txt");
    await unwanted.uploadData(Buffer.from("x"));
    await input.getBlockBlobClient("tickets/a.txt").uploadData(Buffer.from("x"));
    await input.getBlockBlobClient("tickets/b.txt").uploadData(Buffer.from("x"));
    await fixture.announce("elsewhere.txt");
    await failed.getBlobClient("_unmatched/elsewhere.txt.json").getBlobLeaseClient().acquireLease(-1);
    await unwanted.uploadData(Buffer.from("another version"));
    fixture.skippedMs = 60 * 60_000;
    await expect(sweep()).rejects.toThrow(
      /missed documents: .*LeaseIdMissing.*-failed\/_unmatched\/elsewhere.txt.json/,
    );
    expect(started).toEqual(["lane-tickets-0"]);
    await fixture.finish();
    await sweep();
    await fixture.finish();
    expect(await fixture.results()).toEqual(["tickets/tickets/a.txt.json", "tickets/tickets/b.txt.json"]);
  });

  it("begins its walk anew when it cannot read where it was", async () => {
    await put(workNames.sweep, "{");
    await sweep();
    expect(fixture.events).toMatchObject([{ event: "sweep.report", missed: 0 }]);
  });

  it("restarts a lane that Durable Functions lost, within five minutes, and its batch is gone on with", async () => {
    await fixture.drop("tickets/a.txt", "x");
    const lost = await fixture.run((next) => next.action === "collect");
    const running = {
      ...host,
      runningStatus: async () => (terminated.length > started.length ? undefined : lost.status),
      runningStatuses: async () => new Map([["lane-tickets-0", lost.status]]),
    };
    const sweepNow = () => runSweep(context, running, new LaneOpener({ now: fixture.now }));
    await sweepNow();
    expect(terminated).toEqual([]);
    let minutes = 0;
    for (; terminated.length === 0 && minutes <= 5; minutes++) {
      fixture.skippedMs += 60_000;
      await sweepNow();
    }
    expect(minutes).toBeLessThanOrEqual(5);
    expect(terminated).toEqual(["lane-tickets-0"]);
    expect(started).toEqual(["lane-tickets-0"]);
    expect(fixture.events).toContainEqual(expect.objectContaining({ event: "lane.restarted", lane: 0 }));
    expect(fixture.events).toContainEqual(expect.objectContaining({ event: "sweep.report", restarted: 1 }));
    await fixture.finish();
    expect(await fixture.results()).toEqual(["tickets/tickets/a.txt.json"]);
  });

  it("leaves a lane alone whose step takes its time and says so in the lane's file", async () => {
    await fixture.drop("tickets/a.txt", "x");
    const collecting = await fixture.run((next) => next.action === "collect");
    const old = { ...collecting.status, nextPollAt: new Date(fixture.now() - 10 * 60_000).toISOString() };
    await runSweep(
      context,
      { ...host, runningStatuses: async () => new Map([["lane-tickets-0", old]]) },
      new LaneOpener({ now: fixture.now }),
    );
    expect(terminated).toEqual([]);
  });
});
