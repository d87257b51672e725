import { beforeEach, describe, expect, test } from "vitest";
import { VirtualClock } from "../../src/clock.ts";
import type { RetryOptions } from "../../src/core-api.ts";
import type { FunctionRunner } from "../../src/function-runner.ts";
import type { HostFunction, TimerTrigger } from "../../src/host-function.ts";
import type { InvocationInput } from "../../src/invoker.ts";
import { parseSchedule } from "../../src/timers/schedule.ts";
import type { ScheduleMonitor, ScheduleStatus } from "../../src/timers/schedule-status.ts";
import { TimerListener } from "../../src/timers/timer-trigger.ts";

interface Run {
  at: string;
  info: { IsPastDue: boolean; ScheduleStatus: { Last: string; Next: string } };
  retry: unknown;
}

let clock: VirtualClock;
let runs: Run[];
let stored: ScheduleStatus | undefined;
let handler: () => Promise<void>;
beforeEach(() => {
  clock = new VirtualClock("2026-01-01T00:30:00Z");
  runs = [];
  stored = undefined;
  handler = async () => {};
});

function listener(schedule: string, options: { runOnStartup?: boolean; retry?: RetryOptions } = {}): TimerListener {
  const trigger: TimerTrigger = {
    kind: "timer",
    schedule: parseSchedule(schedule, "UTC", "here"),
    runOnStartup: options.runOnStartup ?? false,
    useMonitor: true,
    ...(options.retry && { retry: options.retry }),
  };
  const run = async (_target: HostFunction, input: InvocationInput) => {
    runs.push({ at: time(), info: JSON.parse(input.trigger.json ?? ""), retry: input.retry });
    await handler();
    return { value: runs.length };
  };
  const monitor = {
    read: async () => stored,
    write: async (status: ScheduleStatus) => {
      stored = status;
    },
  };
  return new TimerListener({
    target: { name: "timer", trigger } as HostFunction<TimerTrigger>,
    runner: { run } as unknown as FunctionRunner,
    clock,
    monitor: monitor as unknown as ScheduleMonitor,
    log: () => {},
  });
}

const time = (): string => new Date(clock.now()).toISOString().slice(0, 19);
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Moves to the next due action and lets what it set off come to rest. */
async function next(): Promise<void> {
  clock.runNext();
  await settle();
}

describe("schedule", () => {
  test("runs when due, again and again", async () => {
    await listener("0 0 * * * *").start();
    await next();
    await next();
    expect(runs.map(({ at }) => at)).toEqual(["2026-01-01T01:00:00", "2026-01-01T02:00:00"]);
    expect(runs[1]?.info).toEqual({
      Schedule: { AdjustForDST: true },
      ScheduleStatus: {
        Last: "2026-01-01T01:00:00.000Z",
        Next: "2026-01-01T02:00:00.000Z",
        LastUpdated: "2026-01-01T01:00:00.000Z",
      },
      IsPastDue: false,
    });
  });

  test("a failing function keeps its schedule", async () => {
    handler = () => Promise.reject(new Error("no"));
    await listener("0 0 * * * *").start();
    await next();
    await next();
    expect(runs).toHaveLength(2);
  });

  test("runs do not overlap; one that was due meanwhile follows at once", async () => {
    const gate = Promise.withResolvers<void>();
    handler = () => gate.promise;
    await listener("0 0 * * * *").start();
    await next();
    clock.schedule(Date.parse("2026-01-01T04:20:00Z"), () => {});
    await next();
    expect(runs).toHaveLength(1);
    gate.resolve();
    await settle();
    await next();
    expect(runs.map(({ at }) => at)).toEqual(["2026-01-01T01:00:00", "2026-01-01T04:20:00"]);
    await next();
    expect(runs.at(-1)?.at).toBe("2026-01-01T05:00:00");
  });

  test("a schedule without end stops quietly", async () => {
    await listener("0 0 0 31 2 *").start();
    expect(clock.nextDueTime).toBeUndefined();
  });

  test("nothing runs after stop", async () => {
    const timer = listener("0 0 * * * *");
    await timer.start();
    await timer.stop();
    expect(clock.nextDueTime).toBeUndefined();
  });
});

describe("start", () => {
  test("runOnStartup runs at once and then on schedule", async () => {
    await listener("0 0 * * * *", { runOnStartup: true }).start();
    await settle();
    await next();
    expect(runs.map(({ at }) => at)).toEqual(["2026-01-01T00:30:00", "2026-01-01T01:00:00"]);
    expect(runs[0]?.info.IsPastDue).toBe(false);
  });

  const hour = (at: number): number => Date.parse(`2026-01-01T${String(at).padStart(2, "0")}:00:00Z`);

  test("a run that was missed while no host ran is made up for once, as past due", async () => {
    stored = { last: hour(0) - 7_200_000, next: hour(0) - 3_600_000, lastUpdated: hour(0) - 7_200_000 };
    await listener("0 0 * * * *").start();
    await settle();
    expect(runs[0]).toMatchObject({ at: "2026-01-01T00:30:00", info: { IsPastDue: true } });
    await next();
    expect(runs[1]).toMatchObject({ at: "2026-01-01T01:00:00", info: { IsPastDue: false } });
  });

  test("a restart before the due time changes nothing", async () => {
    stored = { last: hour(0), next: hour(1), lastUpdated: hour(0) };
    await listener("0 0 * * * *").start();
    await next();
    expect(runs).toMatchObject([{ at: "2026-01-01T01:00:00", info: { IsPastDue: false } }]);
  });

  test("a changed schedule is not past due by the old one", async () => {
    stored = { last: hour(0), next: hour(0) + 60_000, lastUpdated: hour(0) };
    await listener("0 0 * * * *").start();
    await next();
    expect(runs).toMatchObject([{ at: "2026-01-01T01:00:00", info: { IsPastDue: false } }]);
  });

  test("the first due time is remembered before the first run", async () => {
    await listener("0 0 * * * *").start();
    expect(stored).toEqual({ last: undefined, next: hour(1), lastUpdated: hour(0) + 1_800_000 });
  });

  test("a schedule of less than a minute is not remembered", async () => {
    await listener("*/10 * * * * *").start();
    await next();
    expect(runs).toHaveLength(1);
    expect(stored).toBeUndefined();
  });
});

describe("retry policy", () => {
  test("failed attempts are repeated after the delay, with what is known of them", async () => {
    handler = () => Promise.reject(new Error("no"));
    const retry: RetryOptions = { retryStrategy: "fixedDelay", maxRetryCount: 2, delayInterval: { seconds: 10 } };
    await listener("0 0 * * * *", { retry }).start();
    for (let step = 0; step < 4; step++) await next();
    expect(runs.map(({ at, retry }) => [at, retry])).toEqual([
      ["2026-01-01T01:00:00", undefined],
      ["2026-01-01T01:00:10", { retryCount: 1, maxRetryCount: 2, exception: { message: "no" } }],
      ["2026-01-01T01:00:20", { retryCount: 2, maxRetryCount: 2, exception: { message: "no" } }],
      ["2026-01-01T02:00:00", undefined],
    ]);
  });

  test("exponential delays grow up to their limit", async () => {
    handler = () => Promise.reject(new Error("no"));
    const retry: RetryOptions = {
      retryStrategy: "exponentialBackoff",
      maxRetryCount: 3,
      minimumInterval: { seconds: 5 },
      maximumInterval: { seconds: 12 },
    };
    await listener("0 0 * * * *", { retry }).start();
    for (let step = 0; step < 4; step++) await next();
    expect(runs.map(({ at }) => at.slice(14))).toEqual(["00:00", "00:05", "00:15", "00:27"]);
  });

  test("stopping does not wait for a retry", async () => {
    handler = () => Promise.reject(new Error("no"));
    const retry: RetryOptions = { retryStrategy: "fixedDelay", maxRetryCount: -1, delayInterval: { seconds: 10 } };
    const timer = listener("0 0 * * * *", { retry });
    await timer.start();
    await next();
    await timer.stop();
    expect(runs).toHaveLength(1);
  });
});
