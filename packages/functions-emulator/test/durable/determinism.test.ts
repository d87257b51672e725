import fc from "fast-check";
import { expect, test } from "vitest";
import { EventType, type HistoryEvent } from "../../src/durable/history.ts";
import { activity, df, orchestrator, TestHost } from "../../src/testing.ts";

const echo = activity((input: unknown) => input);

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

/** What an instance scheduled, with the ids, in the order of its history. */
async function numbered(host: TestHost, id: string): Promise<string[]> {
  const history = await host.storedHistory(id);
  return history.filter(({ EventId }) => EventId >= 0).map((event) => `${event.EventId} ${typeName(event)}`);
}

/** The name of an event's type. */
function typeName(event: HistoryEvent): string {
  return Object.entries(EventType).find(([, number]) => number === event.EventType)?.[0] ?? "unknown";
}
