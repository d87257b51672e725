import { beforeEach, describe, expect, it } from "vitest";
import { resumePipeline, stopPipeline } from "../../../src/lib/queueing/pause-pipeline.ts";
import { describePipeline } from "../../../src/lib/status/describe-pipeline.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

let fixture: LaneFixture;
beforeEach(async () => {
  fixture = await LaneFixture.create({ match: "tickets/**" });
});

const stop = (mode: "pause" | "drain", reason = "the model is retrained") =>
  stopPipeline(fixture.sweepContext(), "tickets", { mode, reason, by: "jane" });
const resume = () => resumePipeline(fixture.sweepContext(), "tickets", "joe");
const paused = (next: { status: { state: string } }) => next.status.state === "paused";
const overview = () => describePipeline(fixture.statusContext(), new Map(), fixture.pipeline);

describe("a paused pipeline", () => {
  it("takes and sends nothing, says who and why, loses nothing, and goes on when it is resumed", async () => {
    await stop("pause");
    await fixture.drop("tickets/a.txt", "text");
    const step = await fixture.run(paused);
    expect(step).toMatchObject({ action: "claim", afterSeconds: 10, status: { reason: { code: "Paused" } } });
    expect(step.status.reason?.message).toBe("jane paused the pipeline: the model is retrained");
    expect(fixture.language.submitted).toHaveLength(0);
    expect(await overview()).toMatchObject({ state: "paused", waiting: 1, paused: { mode: "pause", by: "jane" } });
    await resume();
    await fixture.finish(step);
    expect(await fixture.results()).toHaveLength(1);
    expect(await overview()).toMatchObject({ state: "idle", waiting: 0 });
    expect(fixture.events).toContainEqual({
      event: "pipeline.resumed",
      pipeline: "tickets",
      by: "joe",
      seconds: expect.any(Number),
    });
  });

  it("keeps a batch that was claimed before, unsent, and collects what the service has", async () => {
    fixture.limits = { ...fixture.limits, jobsPerBatch: 2 };
    for (let n = 0; n < 50; n++) await fixture.drop(`tickets/${n}.txt`, `text ${n}`);
    const claimed = await fixture.run((next) => next.action === "submit");
    await stop("pause");
    const unsent = await fixture.run(paused, 0, claimed);
    expect(unsent).toMatchObject({ action: "submit", status: { jobs: { prepared: 2, open: 0 } } });
    expect(fixture.language.submitted).toHaveLength(0);
    await resume();
    const sent = await fixture.run((next) => next.action === "collect", 0, unsent);
    await stop("pause");
    await fixture.drop("tickets/later.txt", "text");
    await fixture.run(paused, 0, sent);
    expect(await fixture.results()).toHaveLength(50);
    expect(fixture.language.submitted).toHaveLength(2);
  });

  it("is watched by its first lane alone", async () => {
    await stop("pause");
    await fixture.drop("tickets/a.txt", "text");
    expect((await fixture.run(() => false, 1)).action).toBe("close");
  });
});

describe("a pipeline that is drained", () => {
  it("finishes the batch in hand, sends what belongs to it, and claims no other", async () => {
    for (let n = 0; n < 25; n++) await fixture.drop(`tickets/${n}.txt`, `text ${n}`);
    const claimed = await fixture.run((next) => next.action === "submit");
    await stop("drain");
    await fixture.drop("tickets/later.txt", "text");
    expect((await overview()).state).toBe("draining");
    const step = await fixture.run(paused, 0, claimed);
    expect(step.status.reason).toMatchObject({ code: "Drained" });
    expect(await fixture.results()).toHaveLength(25);
    expect(await overview()).toMatchObject({ state: "drained", waiting: 1, inHand: 0 });
  });
});

describe("a pipeline that is stopped twice", () => {
  it("keeps who stopped it first, and goes from one way to the other", async () => {
    await stop("pause", "first");
    expect((await stop("pause", "second")).paused?.reason).toBe("first");
    expect((await stop("drain", "third")).paused).toMatchObject({ mode: "drain", reason: "third" });
  });

  it("must be one that there is", async () => {
    const refused = stopPipeline(fixture.sweepContext(), "nowhere", { mode: "pause", reason: "x" });
    await expect(refused).rejects.toMatchObject({ status: 404, refusal: { code: "UnknownPipeline" } });
  });
});
