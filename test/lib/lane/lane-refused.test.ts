import { beforeEach, describe, expect, it } from "vitest";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

let fixture: LaneFixture;

beforeEach(async () => {
  fixture = await LaneFixture.create();
});

describe("a lane and a Language service that refuses", () => {
  it("waits for as long as a throttle asks, and costs no document", async () => {
    fixture.language.script.onSubmit = (_, nth) =>
      nth <= 5 ? { class: "throttled", code: "429", message: "slow down", hint: "-", retryAfterSeconds: 7 } : undefined;
    await fixture.drop("d.txt", "x");
    const held = await fixture.run((next) => next.status.state === "throttled");
    expect(held).toMatchObject({ action: "submit", afterSeconds: 7 });
    await fixture.finish(held);
    expect(await fixture.results()).toHaveLength(1);
    expect(await fixture.failures()).toEqual([]);
  });

  it("keeps its documents while it is blocked, says why, and goes on once that is put right", async () => {
    fixture.language.script.onSubmit = (_, nth) =>
      nth <= 8 ? { class: "blocked", code: "401", message: "wrong key", hint: "Set LANGUAGE_KEY." } : undefined;
    for (let n = 0; n < 30; n++) await fixture.drop(`${n}.txt`, `text ${n}`);
    const first = await fixture.run((next) => next.status.state === "blocked");
    expect(first.status.reason).toEqual({ code: "401", message: "wrong key", hint: "Set LANGUAGE_KEY." });
    const second = await fixture.step(first);
    expect(second.afterSeconds).toBeGreaterThan(first.afterSeconds);
    expect(second.status.since).toBe(first.status.since);
    await fixture.finish(second);
    expect(await fixture.results()).toHaveLength(30);
    expect(fixture.events.map(({ event }) => event)).toContain("lane.unblocked");
  });

  it("is blocked, not failed, when the jobs end with an unknown deployment", async () => {
    let wrong = true;
    fixture.language.script = {
      onPoll: () => (wrong ? "failed" : "succeeded"),
      jobError: { code: "ProjectNotFound", message: "no such deployment" },
    };
    await fixture.drop("d.txt", "x");
    const held = await fixture.run((next) => next.status.state === "blocked");
    expect(held.status.reason?.code).toBe("ProjectNotFound");
    wrong = false;
    await fixture.finish(held);
    expect(await fixture.results()).toHaveLength(1);
  });

  it("finds the one document that makes the service refuse a job, and fails only that", async () => {
    fixture.language.script.onSubmit = ({ documents }) =>
      documents.some(({ text }) => text === "poison")
        ? { class: "document", code: "InvalidDocument", message: "refused", hint: "-" }
        : undefined;
    for (let n = 0; n < 24; n++) await fixture.drop(`${n}.txt`, `text ${n}`);
    await fixture.drop("bad.txt", "poison");
    await fixture.finish();
    expect(await fixture.results()).toHaveLength(24);
    expect(await fixture.failures()).toEqual(["tickets/bad.txt.json"]);
    expect(Math.max(...fixture.language.timesSent.values())).toBe(1);
    expect((await fixture.read("failed", "bad.txt")).error).toMatchObject({
      code: "InvalidDocument",
      source: "service",
    });
  });

  it("takes a refusal that it cannot read for a wrong setting when even a harmless text is refused", async () => {
    let wrong = true;
    fixture.language.script.onSubmit = () =>
      wrong ? { class: "document", certain: false, code: "Odd", message: "odd", hint: "-" } : undefined;
    await fixture.drop("a.txt", "x");
    await fixture.drop("b.txt", "y");
    const held = await fixture.run((next) => next.status.state === "blocked");
    expect(await fixture.failures()).toEqual([]);
    wrong = false;
    await fixture.finish(held);
    expect(await fixture.results()).toHaveLength(2);
  });

  it("takes it for the document's when a harmless text is accepted", async () => {
    fixture.language.script.onSubmit = ({ documents }) =>
      documents.some(({ text }) => text === "odd one")
        ? { class: "document", certain: false, code: "Odd", message: "odd", hint: "-" }
        : undefined;
    await fixture.drop("a.txt", "fine");
    await fixture.drop("b.txt", "odd one");
    await fixture.finish();
    expect(await fixture.results()).toEqual(["tickets/a.txt.json"]);
    expect(await fixture.failures()).toEqual(["tickets/b.txt.json"]);
  });

  it("is throttled, not blocked, when the harmless text is", async () => {
    fixture.language.script.onSubmit = ({ documents }) =>
      documents.some(({ id }) => id === "canary")
        ? { class: "throttled", code: "429", message: "slow down", hint: "-", retryAfterSeconds: 9 }
        : { class: "document", certain: false, code: "Odd", message: "odd", hint: "-" };
    await fixture.drop("a.txt", "x");
    const held = await fixture.run((next) => next.action === "submit" && next.afterSeconds > 0);
    expect(held).toMatchObject({ afterSeconds: 9, status: { state: "throttled", reason: { code: "429" } } });
    expect(await fixture.failures()).toEqual([]);
  });

  it("cuts the service's words to what a status can hold", async () => {
    const message = "x".repeat(40_000);
    fixture.language.script.onSubmit = () => ({ class: "blocked", code: "403", message, hint: "-" });
    await fixture.drop("a.txt", "x");
    const held = await fixture.run((next) => next.status.state === "blocked");
    expect(JSON.stringify(held.status).length).toBeLessThan(2_000);
  });

  it("begins no call after its time, and goes on with the next step", async () => {
    const submit = fixture.language.submit.bind(fixture.language);
    fixture.language.submit = (request) => {
      fixture.skippedMs += 90_000;
      return submit(request);
    };
    for (let n = 0; n < 75; n++) await fixture.drop(`${n}.txt`, `text number ${n}`);
    const first = await fixture.run((next) => next.action === "collect");
    expect(first.status.jobs).toEqual({ prepared: 1, open: 2, done: 0 });
    await fixture.finish(first);
    expect(await fixture.results()).toHaveLength(75);
    expect(Math.max(...fixture.language.timesSent.values())).toBe(1);
  });

  it("waits through an outage of the service without losing a document", async () => {
    fixture.language.script.onSubmit = (_, nth) =>
      nth <= 20 ? { class: "transient", code: "503", message: "down", hint: "-" } : undefined;
    await fixture.drop("a.txt", "x");
    await fixture.drop("b.txt", "y");
    await fixture.finish();
    expect(await fixture.results()).toHaveLength(2);
    expect(await fixture.failures()).toEqual([]);
  });
});
