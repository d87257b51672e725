import { describe, expect, test } from "vitest";
import { longTimerInterval, maximumShortTimer, nextHop, timeSpan } from "../../src/durable/protocol.ts";
import { activity, type Context, df, orchestrator, TestHost } from "../../src/testing.ts";

const second = 1000;
const day = 24 * 60 * 60 * second;
const later = ({ df }: Context, milliseconds: number) => new Date(df.currentUtcDateTime.getTime() + milliseconds);

test("nextHop: one hop up to six days, then hops of three", () => {
  expect(nextHop(0, maximumShortTimer)).toBe(maximumShortTimer);
  expect(nextHop(0, maximumShortTimer + 1)).toBe(longTimerInterval);
  expect(nextHop(5, 1)).toBe(1);
});

test("timeSpan writes days as .NET does", () => {
  expect(timeSpan(maximumShortTimer)).toBe("6.00:00:00");
});

describe("timers", () => {
  test("a timer fires when it is due, and the orchestrator sees that time", async () => {
    const main = orchestrator(function* (context) {
      const begun = context.df.currentUtcDateTime.getTime();
      yield context.df.createTimer(later(context, 90 * second));
      return context.df.currentUtcDateTime.getTime() - begun;
    });
    expect((await new TestHost().run(main)).output).toBe(90 * second);
  });

  test("a timer in the past fires at once", async () => {
    const main = orchestrator(function* (context) {
      yield context.df.createTimer(later(context, -second));
      return "done";
    });
    const host = new TestHost();
    const before = host.clock.now();
    expect((await host.run(main)).output).toBe("done");
    expect(host.clock.now()).toBe(before);
  });

  const race = orchestrator(function* (context) {
    const timer = context.df.createTimer(later(context, 60 * second));
    const event = context.df.waitForExternalEvent("go");
    const winner = yield context.df.Task.any([timer, event]);
    if (winner === timer) return "timer";
    timer.cancel();
    return "event";
  });

  test("an event wins against a timer, which is cancelled", async () => {
    const host = new TestHost();
    const id = await host.start(race);
    await host.advance(59 * second);
    await host.raise(id, "go", null);
    await host.engine.idle();
    expect((await host.status(id)).output).toBe("event");
    expect(host.clock.nextDueTime).toBeUndefined();
    expect(host.violations).toEqual([]);
  });

  test("the timer wins when the event is late", async () => {
    const host = new TestHost();
    const id = await host.start(race);
    await host.advance(60 * second);
    expect((await host.status(id)).output).toBe("timer");
    expect(await host.raise(id, "go", null)).toBe(410);
  });

  test("both in the same moment: the first one wins, and nothing is left over", async () => {
    const host = new TestHost();
    const id = await host.start(race);
    host.clock.schedule(host.clock.now() + 60 * second, () => void host.raise(id, "go", null));
    await host.runToIdle();
    expect((await host.status(id)).output).toBe("timer");
    expect(host.violations).toEqual([]);
  });

  test("a timer that is cancelled before it is yielded takes an id and no time", async () => {
    const echo = activity((input: unknown) => input);
    const main = orchestrator(function* (context) {
      const timer = context.df.createTimer(later(context, day));
      timer.cancel();
      yield context.df.Task.any([context.df.callActivity(echo, 1), timer]);
      return yield context.df.callActivity(echo, 2);
    });
    const host = new TestHost();
    expect((await host.run(main)).output).toBe(2);
    expect(host.clock.nextDueTime).toBeUndefined();
  });
});

describe("timers of more than six days", () => {
  const echo = activity((input: unknown) => input);

  test("go in hops, each with an id of its own, and end on time", async () => {
    const main = orchestrator(function* (context) {
      const begun = context.df.currentUtcDateTime.getTime();
      yield context.df.createTimer(later(context, 10 * day));
      const waited = (context.df.currentUtcDateTime.getTime() - begun) / day;
      return [waited, yield context.df.callActivity(echo, "right id")];
    });
    const host = new TestHost();
    const status = await host.run(main);
    expect(status.output).toEqual([10, "right id"]);
    const fired = status.historyEvents.filter((event) => event.EventType === "TimerFired");
    expect(fired.map((event) => event.FireAt)).toEqual([
      "2026-01-04T00:00:00.000Z",
      "2026-01-07T00:00:00.000Z",
      "2026-01-11T00:00:00.000Z",
    ]);
    expect(host.violations).toEqual([]);
  });

  test("can be cancelled between two hops", async () => {
    const main = orchestrator(function* (context) {
      const timer = context.df.createTimer(later(context, 20 * day));
      yield context.df.Task.any([timer, context.df.waitForExternalEvent("go")]);
      timer.cancel();
      return yield context.df.callActivity(echo, "cancelled");
    });
    const host = new TestHost();
    const id = await host.start(main);
    await host.advance(7 * day);
    await host.raise(id, "go", null);
    await host.engine.idle();
    expect(await host.status(id)).toMatchObject({ runtimeStatus: "Completed", output: "cancelled" });
    expect(host.clock.nextDueTime).toBeUndefined();
    expect(host.violations).toEqual([]);
  });

  test("end together with others in one wait for all", async () => {
    const main = orchestrator(function* (context) {
      const { df } = context;
      yield df.Task.all([
        df.createTimer(later(context, 8 * day)),
        df.createTimer(later(context, 9 * day)),
        df.callActivity(echo, 1),
      ]);
      return yield df.callActivity(echo, df.currentUtcDateTime.toISOString());
    });
    expect((await new TestHost().run(main)).output).toBe("2026-01-10T00:00:00.000Z");
  });
});

describe("a timer is a queue message, and storage takes its delay in whole seconds", () => {
  test.each([
    [400, 70],
    [999, 70],
    [1_000, 1_000],
    [1_980, 1_000],
    [90_500, 90_000],
  ])("one of %d ms fires after %d ms, as with the Azure Storage backend", async (asked, waited) => {
    const main = orchestrator(function* (context) {
      const begun = context.df.currentUtcDateTime.getTime();
      yield context.df.createTimer(later(context, asked));
      return context.df.currentUtcDateTime.getTime() - begun;
    });
    expect((await new TestHost().run(main)).output).toBe(waited);
  });

  test("an orchestrator that waits for the time itself looks many times within its last second", async () => {
    const main = orchestrator(function* (context) {
      const due = context.df.currentUtcDateTime.getTime() + 1_980;
      let looks = 0;
      for (; context.df.currentUtcDateTime.getTime() < due; looks++) yield context.df.createTimer(new Date(due));
      return looks;
    });
    expect((await new TestHost().run(main)).output).toBe(1 + Math.ceil(980 / 70));
  });

  test("the pause of a retry is cut as well", async () => {
    const times: number[] = [];
    const host = new TestHost();
    const flaky = activity(() => {
      times.push(host.clock.now());
      if (times.length < 3) throw new Error("not yet");
      return "now";
    });
    const main = orchestrator(function* (context) {
      const options = new df.RetryOptions(2_700, 3);
      return yield context.df.callActivityWithRetry(flaky, options);
    });
    const late = new TestHost({ clock: host.clock });
    expect((await late.run(main)).output).toBe("now");
    expect(times.map((time, index) => time - (times[index - 1] ?? time))).toEqual([0, 2_000, 2_000]);
  });

  test("a timer of more than six days goes on in hops until its time has come, early as they may be", async () => {
    const main = orchestrator(function* (context) {
      const begun = context.df.currentUtcDateTime.getTime();
      yield context.df.createTimer(later(context, 10 * day + 500));
      const waited = context.df.currentUtcDateTime.getTime() - begun;
      return [waited >= 10 * day + 500, yield context.df.callActivity(activityAfter, "right id")];
    });
    const host = new TestHost();
    expect((await host.run(main)).output).toEqual([true, "right id"]);
    expect(host.violations).toEqual([]);
  });
  const activityAfter = activity((input: unknown) => input);
});
