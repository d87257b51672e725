import { describe, expect, it } from "vitest";
import { pipelinesAnswerSchema } from "../../../src/lib/api/pipeline-schemas.ts";
import type { LaneStatus } from "../../../src/lib/lane/lane.ts";
import { callerOf, Pacer } from "../../../src/lib/lane/pacer.ts";
import { pipelineControl } from "../../../src/lib/lane/store/pipeline-control.ts";
import { describePipeline, describePipelines } from "../../../src/lib/status/describe-pipeline.ts";
import { Fuse } from "../../helpers/fuse.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

const none = new Map<string, LaneStatus>();
const noQueues = { listQueues: () => [][Symbol.iterator]() as never };

describe("the overview of a pipeline", () => {
  it("takes four reads of storage with nothing waiting, and six with a backlog, a small drop and every lane at work", async () => {
    const fuse = new Fuse();
    const fixture = await LaneFixture.create({ match: "tickets/**", lanes: 3 }, { fuse });
    const reads = async () => {
      fuse.set(Number.POSITIVE_INFINITY, false);
      await describePipeline(fixture.statusContext(), none, fixture.pipeline);
      return fuse.effects;
    };
    expect(await reads()).toBe(4);
    for (let n = 0; n < 40; n++) await fixture.drop(`tickets/${n}.txt`, "text");
    fixture.limits = { ...fixture.limits, jobsPerBatch: 1 };
    for (const lane of [0, 1, 2])
      await fixture.run((next) => next.action === "collect" || next.action === "close", lane);
    for (let n = 0; n < 40; n++) await fixture.drop(`tickets/more ${n}.txt`, "text");
    fixture.skippedMs += 60_000;
    for (let n = 0; n < 5; n++) await fixture.drop(`tickets/late ${n}.txt`, "text");
    expect(await reads()).toBe(6);
    expect(await describePipeline(fixture.statusContext(), none, fixture.pipeline)).toMatchObject({ inHand: 40 });
  });

  it("tells the pace, when it will be over, what it cost and the share of the quota, as its answer's schema has it", async () => {
    const fixture = await LaneFixture.create({ match: "tickets/**" });
    fixture.language.script.onDocument = ({ text }) =>
      text === "bad" ? { code: "InvalidDocument", message: "no" } : undefined;
    for (let n = 0; n < 30; n++) await fixture.drop(`tickets/${n}.txt`, n === 0 ? "bad" : "text");
    await fixture.finish();
    for (let n = 0; n < 6; n++) await fixture.drop(`tickets/later ${n}.txt`, "text");
    const context = { ...fixture.statusContext(), queues: noQueues };
    const answer = pipelinesAnswerSchema.parse(await describePipelines(context, { runningStatuses: async () => none }));
    const [pipeline] = answer.pipelines;
    expect(pipeline).toMatchObject({
      state: "running",
      waiting: 6,
      inHand: 0,
      totals: { succeeded: 29, failed: 1 },
      cost: {
        textRecords: 29,
        money: { amount: 0.145, currency: "USD" },
        today: { textRecords: 29, money: { amount: 0.145 } },
      },
      quota: { limitPerMinute: 1_000, textRecordsToday: 30, textRecordsPerDay: 1_000_000, shareOfDay: 0 },
    });
    const { documents = [], failed = [], calls = [] } = pipeline?.series ?? {};
    expect(documents.reduce((a, b) => a + b)).toBe(30);
    expect(failed.reduce((a, b) => a + b)).toBe(1);
    expect(calls.reduce((a, b) => a + b)).toBe(pipeline?.totals.requests);
    expect(pipeline?.documentsPerMinute).toBeGreaterThan(20);
    expect(pipeline?.quota.callsPerMinute).toBeGreaterThan(0);
    expect(Date.parse(pipeline?.expectedEnd ?? "") - fixture.now()).toBeGreaterThan(1_000);
  });

  it("tells of several resources how fast each is asked, and which gets no jobs, until when and why", async () => {
    const [west, north] = ["https://west.example", "https://north.example"];
    const endpoints = [{ endpoint: west }, { endpoint: north }];
    const fixture = await LaneFixture.create({ match: "tickets/**", endpoints });
    let now = Date.parse("2026-11-28T18:00:00.000Z");
    const describeOnes = async () => {
      const [pipeline] = pipelinesAnswerSchema.parse(
        await describePipelines(
          { ...fixture.statusContext({ now: () => now }), queues: noQueues },
          { runningStatuses: async () => none },
        ),
      ).pipelines;
      return pipeline?.resources;
    };
    expect(await describeOnes()).toEqual([{ endpoint: west }, { endpoint: north }]);

    const pacer = new Pacer(fixture.containers.work, { now: () => now, pause: async () => {} });
    const caller = callerOf({ pipeline: fixture.pipeline, endpoints: [west, north] });
    const turn = await pacer.turn(caller, { operation: "submit", calls: 4 });
    const other = turn.endpoint === west ? north : west;
    const reason = {
      code: "QuotaExceeded",
      message: "Out of call volume quota.",
      hint: "Wait, or move it to the S tier.",
    };
    await pacer.avoid(caller, other, reason);
    await pacer.slowDown(caller, turn, 30);
    const at = (seconds: number) => new Date(now + seconds * 1_000).toISOString();
    const expected = {
      [turn.endpoint]: { jobsPerMinute: expect.any(Number), throttledUntil: at(30) },
      [other]: { avoided: { since: at(0), until: at(15), reason } },
    };
    expect(await describeOnes()).toEqual([west, north].map((endpoint) => ({ endpoint, ...expected[endpoint] })));
    now += 31_000;
    expect((await describeOnes())?.find(({ endpoint }) => endpoint === turn.endpoint)).not.toHaveProperty(
      "throttledUntil",
    );
  });

  it("names the worst that a lane is in, and that somebody stopped the pipeline", async () => {
    const fixture = await LaneFixture.create({ match: "tickets/**" });
    const stateWith = async (status: LaneStatus) =>
      (await describePipeline(fixture.statusContext(), new Map([["lane-tickets-0", status]]), fixture.pipeline)).state;
    await fixture.drop("tickets/a.txt", "x");
    expect(await stateWith({ state: "throttled" })).toBe("throttled");
    expect(await stateWith({ state: "analysing" })).toBe("running");
    expect(await stateWith({ state: "analysing", nextPollAt: new Date(fixture.now() - 300_000).toISOString() })).toBe(
      "overdue",
    );
    const { work } = fixture.containers;
    const pause = { mode: "pause" as const, by: "jane", reason: "retraining", since: "2026-11-28T18:00:00.000Z" };
    await pipelineControl(work, "tickets").update((control) => ({ ...control, pause }));
    expect(await stateWith({ state: "paused" })).toBe("paused");
    expect(await stateWith({ state: "blocked" })).toBe("blocked");
    const paused = await describePipeline(fixture.statusContext(), none, fixture.pipeline);
    expect(paused.paused).toEqual(pause);
    expect(paused).not.toHaveProperty("expectedEnd");
  });
});

describe("the list of pipelines", () => {
  it("comes in pages, and refuses a cursor that is none", async () => {
    const fixture = await LaneFixture.create({ match: "tickets/**" });
    const pipelines = ["a", "b", "c"].map((name) => ({ ...fixture.pipeline, name }));
    const context = { ...fixture.statusContext(), pipelines, queues: noQueues };
    const lanes = { runningStatuses: async () => none };
    const names: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = await describePipelines(context, lanes, { limit: 2, cursor });
      names.push(...page.pipelines.map(({ name }) => name));
      cursor = page.nextCursor;
      pages++;
    } while (cursor !== undefined);
    expect([names, pages]).toEqual([["a", "b", "c"], 2]);
    const refused = describePipelines(context, lanes, { limit: 2, cursor: "nonsense" });
    await expect(refused).rejects.toMatchObject({ status: 400, refusal: { code: "InvalidCursor" } });
  });
});
