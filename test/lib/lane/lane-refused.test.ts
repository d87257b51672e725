import { beforeEach, describe, expect, it } from "vitest";
import { LaneBench } from "../../helpers/lane-bench.ts";

let bench: LaneBench;

beforeEach(async () => {
  bench = await LaneBench.create();
});

describe("a lane and a Language service that refuses", () => {
  it("waits for as long as a throttle asks, and costs no document", async () => {
    bench.language.script.onSubmit = (_, nth) =>
      nth <= 5 ? { class: "throttled", code: "429", message: "slow down", hint: "-", retryAfterSeconds: 7 } : undefined;
    await bench.drop("d.txt", "x");
    const held = await bench.run((next) => next.status.state === "throttled");
    expect(held).toMatchObject({ action: "submit", afterSeconds: 7 });
    await bench.finish(held);
    expect(await bench.results()).toHaveLength(1);
    expect(await bench.failures()).toEqual([]);
  });

  it("keeps its documents while it is blocked, says why, and goes on once that is put right", async () => {
    bench.language.script.onSubmit = (_, nth) =>
      nth <= 8 ? { class: "blocked", code: "401", message: "wrong key", hint: "Set LANGUAGE_KEY." } : undefined;
    for (let n = 0; n < 30; n++) await bench.drop(`${n}.txt`, `text ${n}`);
    const first = await bench.run((next) => next.status.state === "blocked");
    expect(first.status.reason).toEqual({ code: "401", message: "wrong key", hint: "Set LANGUAGE_KEY." });
    const second = await bench.step(first);
    expect(second.afterSeconds).toBeGreaterThan(first.afterSeconds);
    expect(second.status.since).toBe(first.status.since);
    await bench.finish(second);
    expect(await bench.results()).toHaveLength(30);
    expect(bench.events.map(({ event }) => event)).toContain("lane.unblocked");
  });

  it("is blocked, not failed, when the jobs end with an unknown deployment", async () => {
    let wrong = true;
    bench.language.script = {
      onLook: () => (wrong ? "failed" : "succeeded"),
      jobError: { code: "ProjectNotFound", message: "no such deployment" },
    };
    await bench.drop("d.txt", "x");
    const held = await bench.run((next) => next.status.state === "blocked");
    expect(held.status.reason?.code).toBe("ProjectNotFound");
    wrong = false;
    await bench.finish(held);
    expect(await bench.results()).toHaveLength(1);
  });

  it("finds the one document that makes the service refuse a job, and fails only that", async () => {
    bench.language.script.onSubmit = ({ documents }) =>
      documents.some(({ text }) => text === "poison")
        ? { class: "document", code: "InvalidDocument", message: "refused", hint: "-" }
        : undefined;
    for (let n = 0; n < 24; n++) await bench.drop(`${n}.txt`, `text ${n}`);
    await bench.drop("bad.txt", "poison");
    await bench.finish();
    expect(await bench.results()).toHaveLength(24);
    expect(await bench.failures()).toEqual(["tickets/bad.txt.json"]);
    expect(Math.max(...bench.language.timesSent.values())).toBe(1);
    expect((await bench.read("failed", "bad.txt")).error).toMatchObject({ code: "InvalidDocument", source: "service" });
  });

  it("takes a refusal that it cannot read for a wrong setting when even a harmless text is refused", async () => {
    let wrong = true;
    bench.language.script.onSubmit = () =>
      wrong ? { class: "document", certain: false, code: "Odd", message: "odd", hint: "-" } : undefined;
    await bench.drop("a.txt", "x");
    await bench.drop("b.txt", "y");
    const held = await bench.run((next) => next.status.state === "blocked");
    expect(await bench.failures()).toEqual([]);
    wrong = false;
    await bench.finish(held);
    expect(await bench.results()).toHaveLength(2);
  });

  it("takes it for the document's when a harmless text is accepted", async () => {
    bench.language.script.onSubmit = ({ documents }) =>
      documents.some(({ text }) => text === "odd one")
        ? { class: "document", certain: false, code: "Odd", message: "odd", hint: "-" }
        : undefined;
    await bench.drop("a.txt", "fine");
    await bench.drop("b.txt", "odd one");
    await bench.finish();
    expect(await bench.results()).toEqual(["tickets/a.txt.json"]);
    expect(await bench.failures()).toEqual(["tickets/b.txt.json"]);
  });

  it("is throttled, not blocked, when the harmless text is", async () => {
    bench.language.script.onSubmit = ({ documents }) =>
      documents.some(({ id }) => id === "canary")
        ? { class: "throttled", code: "429", message: "slow down", hint: "-", retryAfterSeconds: 9 }
        : { class: "document", certain: false, code: "Odd", message: "odd", hint: "-" };
    await bench.drop("a.txt", "x");
    const held = await bench.run((next) => next.action === "submit" && next.afterSeconds > 0);
    expect(held).toMatchObject({ afterSeconds: 9, status: { state: "throttled", reason: { code: "429" } } });
    expect(await bench.failures()).toEqual([]);
  });

  it("cuts the service's words to what a status can hold", async () => {
    const message = "x".repeat(40_000);
    bench.language.script.onSubmit = () => ({ class: "blocked", code: "403", message, hint: "-" });
    await bench.drop("a.txt", "x");
    const held = await bench.run((next) => next.status.state === "blocked");
    expect(JSON.stringify(held.status).length).toBeLessThan(2_000);
  });

  it("begins no call after its time, and goes on with the next step", async () => {
    const submit = bench.language.submit.bind(bench.language);
    bench.language.submit = (request) => {
      bench.skippedMs += 90_000;
      return submit(request);
    };
    for (let n = 0; n < 75; n++) await bench.drop(`${n}.txt`, `text number ${n}`);
    const first = await bench.run((next) => next.action === "collect");
    expect(first.status.jobs).toEqual({ prepared: 1, open: 2, done: 0 });
    await bench.finish(first);
    expect(await bench.results()).toHaveLength(75);
    expect(Math.max(...bench.language.timesSent.values())).toBe(1);
  });

  it("waits through an outage of the service without losing a document", async () => {
    bench.language.script.onSubmit = (_, nth) =>
      nth <= 20 ? { class: "transient", code: "503", message: "down", hint: "-" } : undefined;
    await bench.drop("a.txt", "x");
    await bench.drop("b.txt", "y");
    await bench.finish();
    expect(await bench.results()).toHaveLength(2);
    expect(await bench.failures()).toEqual([]);
  });
});
