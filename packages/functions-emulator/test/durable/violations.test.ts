import { describe, expect, test } from "vitest";
import type { ViolationCode } from "../../src/durable/contract.ts";
import { activity, type Context, df, orchestrator, type Status, TestHost } from "../../src/testing.ts";

const echo = activity((input: unknown) => input);
const minute = 60_000;
const inOneMinute = (context: Context) => new Date(context.df.currentUtcDateTime.getTime() + minute);

interface Case {
  when: string;
  code: ViolationCode;
  message: RegExp;
  run: (context: Context) => Generator<unknown, unknown, never>;
  runtimeStatus: string;
  input?: unknown;
}

const large = "x".repeat(46 * 1024);

function* raceAgain({ df: durable }: Context): Generator<unknown, unknown, never> {
  const slow = durable.callActivity(later, 1);
  yield durable.Task.any([slow, durable.callActivity(echo, 2)]);
  yield durable.Task.any([slow, durable.callActivity(later, 3)]);
  return [yield slow, yield durable.callActivity(echo, 4)];
}

const cases: Case[] = [
  {
    when: "an action of a type that replay schema V3 does not have",
    code: "unknown-action",
    message: /action type 10/,
    run: function* (context) {
      const task = context.df.callActivity(echo, 1);
      Object.assign(Reflect.get(task, "action"), { actionType: 10 });
      yield task;
    },
    runtimeStatus: "Failed",
  },
  {
    when: "a timer without a time",
    code: "unknown-action",
    message: /CreateTimer(.|\n)*fireAt/,
    run: function* (context) {
      yield context.df.createTimer(new Date("nonsense"));
    },
    runtimeStatus: "Failed",
  },
  {
    when: "callHttp",
    code: "unsupported-action",
    message: /callHttp \(https:\/\/example\.org\/\)/,
    run: function* (context) {
      yield context.df.callHttp({ method: "GET", url: "https://example.org/" });
    },
    runtimeStatus: "Failed",
  },
  ...["callActivity", "callSubOrchestrator", "callEntity", "signalEntity"].map(
    (method): Case => ({
      when: `${method} of a function that is not there`,
      code: "unknown-function",
      message: /'missing' doesn't exist/,
      run: function* (context) {
        const { df: durable } = context;
        const entity = new df.EntityId("missing", "key");
        if (method === "callActivity") yield durable.callActivity("missing");
        if (method === "callSubOrchestrator") yield durable.callSubOrchestrator("missing");
        if (method === "callEntity") yield durable.callEntity(entity, "get");
        durable.signalEntity(entity, "get");
      },
      runtimeStatus: "Failed",
    }),
  ),
  {
    when: "a sub-orchestration under an id that Azure refuses",
    code: "invalid-instance-id",
    message: /"a\/b" must not contain/,
    run: function* (context) {
      yield context.df.callSubOrchestrator(child, null, "a/b");
    },
    runtimeStatus: "Failed",
  },
  {
    when: "a sub-orchestration under the id of its parent",
    code: "invalid-instance-id",
    message: /that of its parent/,
    run: function* (context) {
      yield context.df.callSubOrchestrator(child, null, context.df.instanceId.toUpperCase());
    },
    runtimeStatus: "Failed",
  },
  {
    when: "two children under one id at the same time",
    code: "child-id-in-use",
    message: /cannot start as "twin"/,
    run: function* (context) {
      yield context.df.Task.all([1, 2].map(() => context.df.callSubOrchestrator(child, null, "twin")));
    },
    runtimeStatus: "Failed",
  },
  {
    when: "a replay that calls another function",
    code: "non-deterministic",
    message: /an earlier run scheduled CallActivity "activity-\d+" as action 0, the replay CreateTimer/,
    run: function* (context) {
      if (context.df.isReplaying) yield context.df.createTimer(inOneMinute(context));
      else yield context.df.callActivity(echo, 1);
    },
    runtimeStatus: "Failed",
  },
  {
    when: "a timer that is pending at the end",
    code: "uncancelled-timer",
    message: /pending until 2026-01-01T00:01:00.000Z/,
    run: function* (context) {
      yield context.df.Task.any([context.df.createTimer(inOneMinute(context)), context.df.callActivity(echo, 1)]);
      return "early";
    },
    runtimeStatus: "Completed",
  },
  {
    when: "a pending task that is raced again",
    code: "re-raced-task",
    message: /CallActivity "activity-\d+" was scheduled before/,
    run: raceAgain,
    runtimeStatus: "Completed",
  },
  {
    when: "a large input of an activity",
    code: "oversized-payload",
    message: /^The input of activity "activity-\d+" has 47110 bytes/,
    run: function* (context) {
      yield context.df.callActivity(swallow, large);
    },
    runtimeStatus: "Completed",
  },
  {
    when: "a large output of an activity",
    code: "oversized-payload",
    message: /^The output of activity "activity-\d+" has/,
    run: function* (context) {
      yield context.df.callActivity(produce, 1);
    },
    runtimeStatus: "Completed",
  },
  {
    when: "a large output of an orchestration",
    code: "oversized-payload",
    message: /^The output of orchestration/,
    run: function* (context) {
      yield context.df.callActivity(echo, 1);
      return { large };
    },
    runtimeStatus: "Completed",
  },
  {
    when: "a large input of an orchestration",
    code: "oversized-payload",
    message: /^The input of orchestration/,
    run: function* (context) {
      yield context.df.callActivity(echo, 1);
    },
    runtimeStatus: "Completed",
    input: { large },
  },
  {
    when: "a custom status of more than 16 KB, which Azure refuses",
    code: "oversized-payload",
    message: /^The custom status .* has 20004 bytes as UTF-16/,
    run: function* (context) {
      context.df.setCustomStatus("x".repeat(10_000));
      yield context.df.callActivity(echo, 1);
    },
    runtimeStatus: "Failed",
  },
  {
    when: "undefined in a list that an activity gets",
    code: "not-json",
    message: /^The input of activity ".*"\.list\[1\] is undefined, which arrives as null/,
    run: function* (context) {
      yield context.df.callActivity(echo, { list: [1, undefined] });
    },
    runtimeStatus: "Completed",
  },
  {
    when: "a Map that an activity returns",
    code: "not-json",
    message: /^The output of activity ".*"\.map is an object of class Map/,
    run: function* (context) {
      yield context.df.callActivity(makeMap, 1);
    },
    runtimeStatus: "Completed",
  },
  {
    when: "a BigInt that an activity returns",
    code: "not-json",
    message: /^The output of activity "activity-\d+" is a BigInt/,
    run: function* (context) {
      try {
        yield context.df.callActivity(makeBigInt, 1);
      } catch (error) {
        return String(error).includes("cannot be written as JSON");
      }
      return undefined;
    },
    runtimeStatus: "Completed",
  },
  {
    when: "a BigInt that an orchestration returns",
    code: "not-json",
    message: /BigInt/,
    run: function* (context) {
      yield context.df.callActivity(echo, 1);
      return { big: 1n };
    },
    runtimeStatus: "Failed",
  },
  {
    when: "a Date in a custom status",
    code: "not-json",
    message: /^The custom status of ".*"\.at is an object of class Date/,
    run: function* (context) {
      context.df.setCustomStatus({ at: new Date(0) });
      yield context.df.callActivity(echo, 1);
    },
    runtimeStatus: "Completed",
  },
  {
    when: "something thrown that is no error",
    code: "failed-without-error",
    message: /threw something without a message/,
    run: function* (context) {
      yield context.df.callActivity(echo, 1);
      throw { reason: "not an Error" };
    },
    runtimeStatus: "Failed",
  },
];

const child = orchestrator(function* (context) {
  yield context.df.createTimer(inOneMinute(context));
});
const later = activity(async (input: number) => {
  for (let round = 0; round < 5; round++) await new Promise((resolve) => setImmediate(resolve));
  return input;
});
const swallow = activity(() => null);
const produce = activity(() => large);
const makeBigInt = activity(() => 1n);
const makeMap = activity(() => ({ map: new Map([[1, 2]]) }));

describe("each is reported once", () => {
  test.each(cases)("$when", async ({ run, code, message, runtimeStatus, input }) => {
    const main = orchestrator(run);
    const host = new TestHost();
    const status = await host.run(main, input);
    expect(host.violations).toMatchObject([{ code, message: expect.stringMatching(message) }]);
    expect(status.runtimeStatus).toBe(runtimeStatus);
  });
});

test("a task that is raced again still runs once, and later tasks get their results", async () => {
  const main = orchestrator(raceAgain);
  const host = new TestHost();
  const status = await host.run(main);
  expect(status.output).toEqual([1, 4]);
  expect(host.activities).toHaveLength(4);
});

test("a failure after a task was raced again is told as what it is", async () => {
  const main = orchestrator(function* (context) {
    const { df: durable } = context;
    const slow = durable.callActivity(later, 1);
    yield durable.Task.any([slow, durable.callActivity(echo, 2)]);
    yield durable.Task.any([slow, durable.callActivity(echo, 3)]);
    yield slow;
    throw new Error("own error");
  });
  const host = new TestHost();
  expect((await host.run(main)).output).toContain("own error");
  expect(host.violations.map(({ code }) => code)).toEqual(["re-raced-task"]);
});

test("an instance with a pending timer stays Running until it fires", async () => {
  const main = orchestrator(function* (context) {
    yield context.df.Task.any([context.df.createTimer(inOneMinute(context)), context.df.callActivity(echo, 1)]);
    return "early";
  });
  const host = new TestHost();
  const id = await host.start(main);
  await host.engine.idle();
  expect((await host.status(id)).runtimeStatus).toBe("Running");
  await host.advance(minute);
  expect(await host.status(id)).toMatchObject({ runtimeStatus: "Completed", output: "early" });
});

test("slow orchestrator code is reported", async () => {
  const main = orchestrator(function* (context) {
    const begun = process.cpuUsage();
    while (process.cpuUsage(begun).user < 30_000);
    yield context.df.callActivity(echo, 1);
  });
  const host = new TestHost({ slowOrchestratorMilliseconds: 20, replayCheck: false });
  await host.run(main);
  expect(host.violations.map(({ code }) => code)).toEqual(["slow-orchestrator", "slow-orchestrator"]);
});

test("large data of an event is reported", async () => {
  const main = orchestrator(function* (context) {
    yield context.df.waitForExternalEvent("go");
  });
  const host = new TestHost();
  const id = await host.start(main);
  await host.raise(id, "go", large);
  expect(host.violations).toMatchObject([{ instanceId: id, code: "oversized-payload" }]);
});

test("an orchestrator that is not one of the library fails", async () => {
  const host = new TestHost({
    functions: { orchestrations: new Set(["plain"]), activities: new Set(), entities: new Set() },
    invoke: async () => ({ value: "just text" }),
  });
  const status: Status = await host.run("plain");
  expect(status).toMatchObject({
    runtimeStatus: "Failed",
    output: expect.stringContaining("was it registered by df.app.orchestration?"),
  });
});
