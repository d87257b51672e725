import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EventType, type HistoryEvent } from "../../src/durable/history.ts";
import { activity, df, orchestrator, TestHost } from "../../src/testing.ts";

const echo = activity((input: unknown) => input);
const fails = activity((message: string) => {
  throw new TypeError(message);
});

describe("activities", () => {
  test("fan-out and fan-in keep the order of the tasks", async () => {
    const main = orchestrator(function* (context) {
      const tasks = [3, 1, 2].map((number) => context.df.callActivity(echo, { number }));
      return yield context.df.Task.all(tasks);
    });
    const host = new TestHost();
    expect(await host.run(main)).toMatchObject({
      runtimeStatus: "Completed",
      output: [{ number: 3 }, { number: 1 }, { number: 2 }],
    });
    expect(host.violations).toEqual([]);
  });

  test.each([["text"], ["2024"], ['{"a":1}'], [12], [true], [null], [[1, "b"]], [{ deep: { value: "é" } }]])(
    "an activity gets and gives %j as it is",
    async (value) => {
      const main = orchestrator(function* (context) {
        return yield context.df.callActivity(echo, value);
      });
      expect((await new TestHost().run(main)).output).toEqual(value);
    },
  );

  test("nothing passed arrives as undefined, nothing returned as null", async () => {
    const kindOf = activity((input: unknown) => typeof input);
    const nothing = activity(() => undefined);
    const main = orchestrator(function* (context) {
      return [yield context.df.callActivity(kindOf), yield context.df.callActivity(nothing)];
    });
    expect((await new TestHost().run(main)).output).toEqual(["undefined", null]);
  });

  test("a failure reaches the orchestrator as an error, which may catch it", async () => {
    const main = orchestrator(function* (context) {
      try {
        yield context.df.callActivity(fails, "no luck");
      } catch (error) {
        return error instanceof Error;
      }
      return undefined;
    });
    expect((await new TestHost().run(main)).output).toBe(true);
  });

  test("an error that nobody catches fails the instance", async () => {
    const main = orchestrator(function* (context) {
      yield context.df.callActivity(fails, "no luck");
    });
    const host = new TestHost();
    const { runtimeStatus, output } = await host.run(main);
    expect(runtimeStatus).toBe("Failed");
    expect(output).toMatch(/^Orchestrator function '.*' failed: Activity function '.*' failed: no luck/);
    expect(host.violations).toEqual([]);
  });

  test("no more activities run at once than the limit says", async () => {
    let [running, most] = [0, 0];
    const busy = activity(async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    });
    const main = orchestrator(function* (context) {
      yield context.df.Task.all(Array.from({ length: 12 }, () => context.df.callActivity(busy)));
    });
    await new TestHost({ maxConcurrentActivities: 4 }).run(main);
    expect(most).toBe(4);
  });
});

describe("sub-orchestrations", () => {
  const child = orchestrator(function* (context) {
    const input = context.df.getInput() as { parent?: boolean; fail?: string };
    if (input.fail !== undefined) throw new Error(input.fail);
    yield context.df.callActivity(echo, 1);
    return { parent: context.df.parentInstanceId, self: context.df.instanceId };
  });

  test("a child knows its parent, and has an id made from the parent's execution", async () => {
    const main = orchestrator(function* (context) {
      return yield context.df.callSubOrchestrator(child, {});
    });
    const host = new TestHost();
    const status = await host.run(main);
    expect(status.output).toEqual({ parent: status.instanceId, self: expect.stringMatching(/^[0-9a-f-]{36}:0$/) });
  });

  test("a child's failure reaches the parent as an error", async () => {
    const main = orchestrator(function* (context) {
      try {
        yield context.df.callSubOrchestrator(child, { fail: "broken" }, "child-1");
      } catch (error) {
        return String(error);
      }
      return undefined;
    });
    const host = new TestHost();
    expect((await host.run(main)).output).toContain(`Orchestrator function '${child}' failed: broken`);
    expect((await host.status("child-1")).runtimeStatus).toBe("Failed");
  });

  test("an id can be used again when its child has ended", async () => {
    const main = orchestrator(function* (context) {
      yield context.df.callSubOrchestrator(child, {}, "again");
      const second: { self: string } = yield context.df.callSubOrchestrator(child, {}, "again") as never;
      return second.self;
    });
    expect((await new TestHost().run(main)).output).toBe("again");
  });
});

describe("events from outside", () => {
  const collector = orchestrator(function* (context) {
    const first = yield context.df.waitForExternalEvent("go");
    yield context.df.callActivity(echo, 0);
    return [first, yield context.df.waitForExternalEvent("go")];
  });

  test("events that come early wait, in their order", async () => {
    const host = new TestHost();
    const id = await host.start(collector);
    await host.raise(id, "go", "one");
    await host.raise(id, "go", { number: 2 });
    await host.ended(id);
    expect((await host.status(id)).output).toEqual(["one", { number: 2 }]);
  });

  test("names are told apart by case, as the library does", async () => {
    const host = new TestHost();
    const id = await host.start(collector);
    await host.raise(id, "GO", "ignored");
    await host.engine.idle();
    expect((await host.status(id)).runtimeStatus).toBe("Running");
  });
});

describe("suspend, resume, terminate", () => {
  const waiting = orchestrator(function* (context) {
    return yield context.df.waitForExternalEvent("go");
  });
  const post = (host: TestHost, id: string, operation: string) =>
    host.call({ method: "POST", path: `instances/${id}/${operation}?reason=because` });

  test("a suspended instance takes nothing up until it is resumed", async () => {
    const host = new TestHost();
    const id = await host.start(waiting);
    await post(host, id, "suspend");
    await host.raise(id, "go", 1);
    await host.engine.idle();
    expect((await host.status(id)).runtimeStatus).toBe("Suspended");
    await post(host, id, "resume");
    await host.ended(id);
    expect(await host.status(id)).toMatchObject({ runtimeStatus: "Completed", output: 1 });
  });

  test("a terminated instance ends at once, and its parent sees a failure", async () => {
    const main = orchestrator(function* (context) {
      try {
        yield context.df.callSubOrchestrator(waiting, null, "victim");
      } catch (error) {
        return String(error);
      }
      return undefined;
    });
    const host = new TestHost();
    const id = await host.start(main);
    await host.engine.idle();
    await post(host, "victim", "terminate");
    await host.ended(id);
    expect(await host.status("victim")).toMatchObject({ runtimeStatus: "Terminated", output: "because" });
    expect((await host.status(id)).output).toContain("because");
  });

  test("a suspended instance can be terminated", async () => {
    const host = new TestHost();
    const id = await host.start(waiting);
    await post(host, id, "suspend");
    await post(host, id, "terminate");
    await host.engine.idle();
    expect((await host.status(id)).runtimeStatus).toBe("Terminated");
  });

  test("what an activity returns after the end changes nothing", async () => {
    const finish = Promise.withResolvers<void>();
    const slow = activity(() => finish.promise);
    const main = orchestrator(function* (context) {
      yield context.df.callActivity(slow);
    });
    const host = new TestHost();
    const id = await host.start(main);
    await post(host, id, "terminate");
    finish.resolve();
    await host.engine.idle();
    expect((await host.status(id)).runtimeStatus).toBe("Terminated");
  });
});

test("task ids of a mixed orchestrator are those of the library", async () => {
  let failures = 2;
  const flaky = activity(() => {
    if (failures-- > 0) throw new Error("not yet");
    return "ok";
  });
  df.app.entity("Golden", (context) => {
    if (context.df.operationName === "get") context.df.return({ got: true });
  });
  const child = orchestrator(function* (context) {
    return yield context.df.callActivity(echo, "child");
  });
  const main = orchestrator(function* (context) {
    const { df: durable } = context;
    yield durable.Task.all([
      durable.callActivity(echo, 0),
      durable.callActivity(echo, 1),
      durable.callActivity(echo, 2),
    ]);
    yield durable.createTimer(new Date(durable.currentUtcDateTime.getTime() + 1000));
    yield durable.callSubOrchestrator(child);
    yield durable.callActivityWithRetry(flaky, new df.RetryOptions(1000, 3));
    const timer = durable.createTimer(new Date(durable.currentUtcDateTime.getTime() + 60_000));
    const event = durable.waitForExternalEvent("go");
    const winner = yield durable.Task.any([event, timer]);
    if (winner === event) timer.cancel();
    const entity = new df.EntityId("Golden", "one");
    const got = yield durable.callEntity(entity, "get");
    durable.signalEntity(entity, "touch");
    return [got, yield durable.callActivity(echo, "last")];
  });
  const host = new TestHost();
  const id = await host.start(main);
  await host.until(id, ({ historyEvents }) => historyEvents.filter(isTimer).length === 4);
  await host.raise(id, "go", null);
  await host.ended(id);
  await host.engine.idle();
  expect(host.violations).toEqual([]);
  expect((await host.status(id)).output).toEqual([{ got: true }, "last"]);
  expect(await numbered(host, id)).toEqual([
    "0 TaskScheduled",
    "1 TaskScheduled",
    "2 TaskScheduled",
    "3 TimerCreated",
    "4 SubOrchestrationInstanceCreated",
    "5 TaskScheduled",
    "6 TimerCreated", // first pause of the retry
    "7 TaskScheduled",
    "8 TimerCreated",
    "9 TaskScheduled",
    "10 TimerCreated",
    "11 EventSent",
    "12 EventSent",
    "13 TaskScheduled",
  ]);

  function isTimer(event: Record<string, unknown>): boolean {
    return event.EventType === "TimerCreated";
  }
});

test("the output does not depend on the order in which activities end", async () => {
  const work = activity((input: { number: number }) => gates[input.number]?.promise);
  let gates: PromiseWithResolvers<number>[] = [];
  const main = orchestrator(function* (context) {
    const { df: durable } = context;
    const retry = new df.RetryOptions(1000, 2);
    const pairs = [0, 1, 2].map((number) =>
      durable.Task.all([
        durable.callActivity(work, { number: 2 * number }),
        durable.callActivityWithRetry(work, retry, { number: 2 * number + 1 }),
      ]),
    );
    const sums: number[][] = yield durable.Task.all(pairs) as never;
    return yield durable.callActivity(echo, sums);
  });
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }),
      fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
      async (order, pauses) => {
        gates = order.map(() => Promise.withResolvers());
        const host = new TestHost();
        const id = await host.start(main);
        for (const [index, number] of order.entries()) {
          gates[number]?.resolve(10 * number);
          if (pauses[index] === true) await new Promise((resolve) => setImmediate(resolve));
        }
        await host.ended(id);
        await host.engine.idle();
        expect((await host.status(id)).output).toEqual([
          [0, 10],
          [20, 30],
          [40, 50],
        ]);
        expect(host.violations).toEqual([]);
      },
    ),
    { numRuns: 40 },
  );
});

test("a thousand small orchestrations take a few seconds of processor time", async () => {
  const small = orchestrator(function* (context) {
    const first: number = yield context.df.callActivity(echo, 1) as never;
    return first + ((yield context.df.callActivity(echo, 2)) as number);
  });
  const host = new TestHost();
  const begun = process.cpuUsage();
  await Promise.all(Array.from({ length: 1000 }, (_, index) => host.start(small, null, `small-${index}`)));
  await host.engine.idle();
  const { user, system } = process.cpuUsage(begun);
  expect((user + system) / 1e6).toBeLessThan(10);
  const { body } = await host.call({ path: "instances/?runtimeStatus=Completed&top=2000" });
  expect(body).toHaveLength(1000);
});

/** What an instance scheduled, with the ids, in the order of its history. */
async function numbered(host: TestHost, id: string): Promise<string[]> {
  const history = await host.storedHistory(id);
  return history.filter(({ EventId }) => EventId >= 0).map((event) => `${event.EventId} ${typeName(event)}`);
}

/** The name of an event's type. */
function typeName(event: HistoryEvent): string {
  return Object.entries(EventType).find(([, number]) => number === event.EventType)?.[0] ?? "unknown";
}
