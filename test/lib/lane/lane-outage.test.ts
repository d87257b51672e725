import { beforeEach, describe, expect, it } from "vitest";
import type { LaneStep } from "../../../src/lib/lane/lane.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

let fixture: LaneFixture;

beforeEach(async () => {
  fixture = await LaneFixture.create();
});

const BROKEN = { code: "InternalServerError", message: "It broke." };
const named = (event: string) => fixture.events.filter((one) => one.event === event);

/** Takes steps from one on, and gives each; waits take no time. */
async function follow(from: LaneStep, steps: number, changes: Parameters<LaneFixture["step"]>[1] = {}) {
  const taken: LaneStep[] = [];
  let step = from;
  for (let n = 0; n < steps; n++) {
    fixture.skippedMs += step.afterSeconds * 1000;
    step = await fixture.step(step, changes);
    taken.push(step);
  }
  return taken;
}

describe("a service that accepts jobs and answers none", () => {
  it("costs no document, is asked ever more rarely, and shows; then all goes on", async () => {
    fixture.language.script = { onPoll: () => "failed", jobError: BROKEN };
    for (let n = 0; n < 60; n++) await fixture.drop(`${n}.txt`, `text ${n}`);
    const first = await fixture.run((next) => next.action === "collect");
    const begun = fixture.now();
    const steps = await follow(first, 60);
    expect(fixture.now() - begun).toBeGreaterThan(60 * 60_000);
    expect([...(await fixture.results()), ...(await fixture.failures())]).toEqual([]);
    expect(steps[0]?.status).toMatchObject({
      state: "retrying",
      reason: { code: "InternalServerError", message: expect.stringContaining("came to nothing, and is asked again") },
    });
    // The service's words may quote a document.
    expect(JSON.stringify(steps[0]?.status)).not.toContain("It broke.");
    expect(steps.at(-1)?.status).toMatchObject({ state: "blocked", reason: { code: "InternalServerError" } });
    expect(Math.max(...steps.map(({ afterSeconds }) => afterSeconds))).toBe(fixture.limits.longestBlockedSeconds);
    expect(named("lane.blocked")).toHaveLength(1);

    fixture.language.script = {};
    await fixture.finish(steps.at(-1));
    expect(await fixture.results()).toHaveLength(60);
    expect(named("lane.unblocked")).toHaveLength(1);
  });

  it("because of one document is told apart by a harmless text, even when that document is alone", async () => {
    fixture.language.script = {
      onPoll: ({ documents }) => (documents.some(({ text }) => text === "crasher") ? "failed" : "succeeded"),
      jobError: BROKEN,
    };
    await fixture.drop("bad.txt", "crasher");
    await fixture.finish();
    expect((await fixture.read("failed", "bad.txt")).error).toMatchObject({ code: "InternalServerError" });
    expect(fixture.language.timesSent.get("Hello.")).toBe(1);
    expect(fixture.language.timesSent.get("crasher")).toBeLessThanOrEqual(fixture.limits.maxAttempts + 1);
  });
});

describe("a setting that only the answer of a job shows to be wrong", () => {
  it("is asked about ever more rarely, and reported once until it is put right", async () => {
    fixture.language.script = { onPoll: () => "failed", jobError: { code: "ProjectNotFound", message: "none" } };
    await fixture.drop("d.txt", "x");
    const first = await fixture.run((next) => next.status.state === "blocked");
    const steps = await follow(first, 20);
    expect(new Set(steps.map(({ status }) => status.state))).toEqual(new Set(["blocked"]));
    expect(new Set(steps.map(({ status }) => status.since))).toEqual(new Set([first.status.since]));
    expect(Math.max(...steps.map(({ afterSeconds }) => afterSeconds))).toBe(fixture.limits.longestBlockedSeconds);
    expect(named("lane.blocked")).toHaveLength(1);
    fixture.language.script = {};
    await fixture.finish(steps.at(-1));
    expect(named("lane.unblocked")).toHaveLength(1);
    expect(await fixture.results()).toHaveLength(1);
  });
});

describe("a job that cannot be looked at", () => {
  it("shows why, and is looked at when the service said", async () => {
    fixture.language.script.onPoll = (_, nth) =>
      nth < 3 ? { class: "transient", code: "503", message: "Busy.", hint: "-", retryAfterSeconds: 120 } : undefined;
    await fixture.drop("d.txt", "x");
    const held = await fixture.run((next) => next.status.state === "retrying");
    expect(held).toMatchObject({ action: "collect", afterSeconds: 120, status: { reason: { message: "Busy." } } });
    await fixture.finish(held);
    expect(await fixture.results()).toHaveLength(1);
    expect([...fixture.language.timesSent.values()]).toEqual([1]);
  });

  it("for longer than half an hour is reported, as what must be put right is", async () => {
    fixture.language.script.onPoll = () => ({ class: "transient", code: "503", message: "Busy.", hint: "-" });
    await fixture.drop("d.txt", "x");
    const first = await fixture.run((next) => next.status.state === "retrying");
    expect(named("lane.blocked")).toEqual([]);
    const steps = await follow(first, 70);
    expect(steps.at(-1)?.status).toMatchObject({ state: "blocked", since: first.status.since });
    expect(named("lane.blocked")).toHaveLength(1);
  });

  it("keeps no other from being looked at, however much time it takes", async () => {
    for (let n = 0; n < 100; n++) await fixture.drop(`${n}.txt`, `text ${n}`);
    const getJob = fixture.language.getJob.bind(fixture.language);
    let first: string | undefined;
    fixture.language.getJob = async (handle, tasks) => {
      first ??= handle.jobId;
      if (handle.jobId !== first) return getJob(handle, tasks);
      fixture.skippedMs += 180_000;
      fixture.language.script.onPoll = () => ({ class: "transient", code: "Timeout", message: "no answer", hint: "-" });
      try {
        return await getJob(handle, tasks);
      } finally {
        fixture.language.script = {};
      }
    };
    const open = await fixture.run((next) => next.action === "collect");
    await follow(open, 4);
    expect(await fixture.results()).toHaveLength(75);
  });

  it("at the endpoint of yesterday keeps nothing from being sent to the one of today", async () => {
    for (let n = 0; n < 100; n++) await fixture.drop(`${n}.txt`, `text ${n}`);
    const submit = fixture.language.submit.bind(fixture.language);
    fixture.language.submit = (request) => {
      fixture.skippedMs += 180_000; // one job a round
      return submit(request);
    };
    const one = await fixture.run((next) => next.action === "collect");
    fixture.language.submit = submit;
    fixture.language.script.onPoll = ({ documents }) =>
      documents.some(({ text }) => fixture.language.submitted[0]?.documents.some((sent) => sent.text === text))
        ? { class: "blocked", code: "EndpointUnreachable", message: "No such host.", hint: "Check it." }
        : undefined;
    const moved = { endpoints: ["http://new.test"] };
    const steps = await follow(one, 12, moved);
    expect(await fixture.results()).toHaveLength(75);
    const { reason } = steps.at(-1)?.status ?? {};
    expect(reason?.message).toContain("asked at http://language.test, where this job was sent before");
    expect(reason?.hint).toContain("http://new.test");
  });
});

describe("several resources that all refuse jobs", () => {
  it("are each asked once, and then the lane is blocked and waits", async () => {
    let asked = 0;
    fixture.language.script.onSubmit = () =>
      ++asked <= 40 ? { class: "blocked", code: "401", message: "no", hint: "-" } : undefined;
    await fixture.drop("d.txt", "x");
    const endpoints = ["http://one.test", "http://two.test", "http://three.test"];
    const claimed = await fixture.run((next) => next.action === "submit");
    const [step] = await follow(claimed, 1, { endpoints });
    expect(asked).toBe(3);
    expect(step?.status.state).toBe("blocked");
    expect(step?.afterSeconds).toBeGreaterThan(0);
  });
});

describe("how long the service asks to wait", () => {
  it.each([
    ["no time at all", 0, 2],
    ["a minute", 60, 60],
    ["thirty years", 1e9, 3_600],
  ])("%s", async (_, retryAfterSeconds, expected) => {
    fixture.language.script.onSubmit = () => ({
      class: "throttled",
      code: "429",
      message: "slow",
      hint: "-",
      retryAfterSeconds,
    });
    await fixture.drop("d.txt", "x");
    expect((await fixture.run((next) => next.status.state === "throttled")).afterSeconds).toBe(expected);
  });
});

describe("a lane that is held up in several ways", () => {
  it("waits ever longer, and reports once, while refusals of different kinds take turns", async () => {
    fixture.language.script.onSubmit = (_, nth) =>
      nth % 2
        ? { class: "blocked", code: "401", message: "no", hint: "-" }
        : { class: "throttled", code: "429", message: "slow", hint: "-" };
    await fixture.drop("d.txt", "x");
    const first = await fixture.run((next) => next.status.state === "blocked");
    const steps = await follow(first, 20);
    expect(steps.at(-2)?.afterSeconds).toBe(fixture.limits.longestPollSeconds);
    expect(Math.max(...steps.map(({ afterSeconds }) => afterSeconds))).toBe(fixture.limits.longestBlockedSeconds);
    fixture.language.script = {};
    await fixture.finish(steps.at(-1));
    expect([named("lane.blocked").length, named("lane.unblocked").length]).toEqual([1, 1]);
  });

  it("is not let go by an answer to a job that was accepted before", async () => {
    fixture.language.script = {
      onSubmit: (_, nth) =>
        nth > 1 ? { class: "blocked", code: "QuotaExceeded", message: "no", hint: "-" } : undefined,
      onPoll: (_, nth) => (nth > 3 ? "succeeded" : "running"),
    };
    for (let n = 0; n < 40; n++) await fixture.drop(`${n}.txt`, `text ${n}`);
    const first = await fixture.run((next) => next.status.state === "blocked");
    const steps = await follow(first, 16);
    expect(await fixture.results()).toHaveLength(25);
    expect(new Set(steps.map(({ memory }) => memory.hold?.since))).toEqual(new Set([first.status.since]));
    expect(named("lane.unblocked")).toEqual([]);
  });

  it("shows a look that failed no longer than until looks go well", async () => {
    fixture.language.script.onPoll = (_, nth) =>
      nth === 1 ? { class: "blocked", code: "401", message: "no", hint: "-" } : "running";
    await fixture.drop("d.txt", "x");
    const first = await fixture.run((next) => next.status.state === "blocked");
    const [next] = await follow(first, 1);
    expect(next?.status.state).toBe("analysing");
    expect(named("lane.unblocked")).toHaveLength(1);
  });

  it("takes no hold into its next batch", async () => {
    fixture.language.script = {
      onPoll: () => "failed",
      jobError: { code: "ProjectNotFound", message: "none" },
    };
    await fixture.drop("d.txt", "x");
    const held = await fixture.run((next) => next.status.state === "blocked");
    fixture.language.script = {
      onSubmit: ({ documents }) =>
        documents.some(({ text }) => text === "x")
          ? { class: "document", code: "InvalidDocument", message: "no", hint: "-" }
          : undefined,
    };
    const last = await fixture.finish(held);
    expect(last.memory.hold).toBeUndefined();
    expect(named("lane.unblocked")).toHaveLength(1);
    expect(await fixture.failures()).toHaveLength(1);
  });
});

describe("attempts", () => {
  it("are not used up by refusals at the door, nor by an outage", async () => {
    let answers = 0;
    fixture.language.script = {
      onSubmit: (_, nth) => (nth <= 2 ? { class: "transient", code: "503", message: "down", hint: "-" } : undefined),
      onPoll: (_, nth) => (nth === 1 && answers++ < 2 ? "failed" : "succeeded"),
      jobError: BROKEN,
      onDocument: ({ text }) => (text === "unlucky" && answers++ < 3 ? BROKEN : undefined),
    };
    await fixture.drop("a.txt", "lucky");
    await fixture.drop("b.txt", "unlucky");
    await fixture.finish();
    expect(await fixture.failures()).toEqual([]);
    expect(await fixture.results()).toHaveLength(2);
  });
});
