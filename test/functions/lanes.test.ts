import { type DurableStore, MemoryStore, TestHost } from "functions-emulator/testing";
import { describe, expect, it } from "vitest";
import { firstStep, LANE_ORCHESTRATION, type LaneStep, laneInstanceId } from "../../src/lib/lane/lane.ts";

// Loaded behind TestHost, which stands in for the Functions host.
await import("../../src/functions/lanes.ts");

const ADDRESS = { pipeline: "tickets", lane: 0 };
const INSTANCE = laneInstanceId(ADDRESS);
const DAY = 24 * 60 * 60_000;

type Decide = (step: LaneStep, nth: number, now: number) => Partial<LaneStep>;

/** A host whose steps are decided by the test. A decision that throws is an activity that was lost. */
function hostOn(decide: Decide, store: DurableStore = new MemoryStore(), clock?: TestHost["clock"]): TestHost {
  let nth = 0;
  const host: TestHost = new TestHost({
    store,
    ...(clock === undefined ? {} : { clock }),
    invoke: async (kind, name, triggerData) => {
      if (kind !== "activity") return await host.invoke(kind, name, triggerData);
      const step: LaneStep = JSON.parse(triggerData ?? "");
      try {
        return { value: { ...step, afterSeconds: 0, ...decide(step, ++nth, host.clock.now()) } };
      } catch (error) {
        return { error };
      }
    },
  });
  return host;
}

const start = (host: TestHost): Promise<string> => host.start(LANE_ORCHESTRATION, firstStep(ADDRESS), INSTANCE);

describe("the orchestration lane", () => {
  it("takes the steps it is told, one batch a history, and ends when it is told to close", async () => {
    const told: LaneStep["action"][] = ["submit", "collect", "collect", "claim", "submit", "collect", "claim", "close"];
    const host = hostOn((_, nth) => ({ action: told[nth - 1] ?? "close", afterSeconds: 2 }));
    await start(host);
    await host.ended(INSTANCE);
    expect(host.activities).toEqual(["claim", "submit", "collect", "collect", "claim", "submit", "collect", "claim"]);
    expect((await host.status(INSTANCE)).runtimeStatus).toBe("Completed");
    expect((await host.storedHistory(INSTANCE)).length).toBeLessThan(20);
    expect(host.violations).toEqual([]);
  });

  it("waits through a blocked day in no time, shows why, and keeps its history short", async () => {
    let begun: number | undefined;
    const reason = { code: "401", message: "wrong key", hint: "Set LANGUAGE_KEY." };
    let longest = 0;
    const host = hostOn((step, nth, now) => {
      begun ??= now;
      if (now - begun > DAY) return { action: "close" };
      if (step.action === "claim") return { action: "submit" };
      const afterSeconds = Math.min(300, 5 * 2 ** nth);
      return { action: "submit", afterSeconds, status: { state: "blocked", reason } };
    });
    await start(host);
    await host.until(INSTANCE, ({ customStatus }) => (customStatus as { state: string }).state === "blocked");
    expect((await host.status(INSTANCE)).customStatus).toMatchObject({ state: "blocked", reason });
    const from = host.clock.now();
    while ((await host.status(INSTANCE)).runtimeStatus === "Running") {
      await host.advance(60 * 60_000);
      longest = Math.max(longest, (await host.storedHistory(INSTANCE)).length);
    }
    expect(host.clock.now() - from).toBeGreaterThan(DAY - 60_000);
    expect(host.activities.length).toBeGreaterThan(280);
    expect(longest).toBeLessThan(400);
    expect(host.violations).toEqual([]);
  });

  it("tries again when an activity is lost", async () => {
    const host = hostOn((_, nth) => {
      if (nth === 2) throw new Error("the worker died");
      return { action: nth < 3 ? "submit" : "close" };
    });
    await start(host);
    await host.ended(INSTANCE);
    expect(host.activities).toEqual(["claim", "submit", "submit"]);
    expect((await host.status(INSTANCE)).runtimeStatus).toBe("Completed");
  });

  it("goes on where it was after the process died", async () => {
    const store = new MemoryStore();
    const before = hostOn((_, nth) => ({ action: nth < 2 ? "submit" : "collect", afterSeconds: 60 }), store);
    await start(before);
    await before.advance(150_000);
    await before.engine.stop();
    const after = hostOn(() => ({ action: "close" }), store, before.clock);
    await after.engine.start();
    await after.ended(INSTANCE);
    expect([...before.activities, ...after.activities]).toEqual(["claim", "submit", "collect", "collect"]);
    expect(after.violations).toEqual([]);
  });

  it("asks for timers a second later than a step is due, because Durable Functions may fire them so much too early", async () => {
    const host = hostOn((_, nth) => (nth < 3 ? { action: "submit", afterSeconds: 0.4 * nth } : { action: "close" }));
    await start(host);
    await host.ended(INSTANCE);
    const history = await host.storedHistory(INSTANCE);
    const timers = history.flatMap((event) => ("FireAt" in event && event.EventType === 10 ? [event] : []));
    const delays = timers.map(({ FireAt, Timestamp }) => Date.parse(String(FireAt)) - Date.parse(Timestamp));
    expect(delays).toHaveLength(2);
    for (const [index, delay] of delays.entries()) expect(delay).toBeGreaterThanOrEqual(1000 + 400 * (index + 1));
  });

  it("cannot run twice", async () => {
    const host = hostOn(() => ({ action: "submit", afterSeconds: 60 }));
    await start(host);
    await expect(start(host)).rejects.toThrow(/409/);
  });
});
