import { describe, expect, test } from "vitest";
import { pauseAfterFailure } from "../../src/durable/episode.ts";
import { activity, df, orchestrator, TestHost } from "../../src/testing.ts";

const minute = 60_000;

describe("pauseAfterFailure", () => {
  const options = { firstRetryIntervalInMilliseconds: 1000, maxNumberOfAttempts: 5 };
  test.each([
    ["the first interval after the first attempt", options, 1, 0, 1000],
    ["the same interval each time without a coefficient", options, 3, 0, 1000],
    ["a growing interval with one", { ...options, backoffCoefficient: 2 }, 4, 0, 8000],
    [
      "at most the longest interval",
      { ...options, backoffCoefficient: 2, maxRetryIntervalInMilliseconds: 3000 },
      4,
      0,
      3000,
    ],
    ["six days at the most", { ...options, backoffCoefficient: 1e9 }, 3, 0, 6 * 24 * 60 * minute],
    ["no time after the last attempt", options, 5, 0, 0],
    ["a pause before the timeout", { ...options, retryTimeoutInMilliseconds: minute }, 1, minute - 1, 1000],
    ["nothing after the timeout", { ...options, retryTimeoutInMilliseconds: minute }, 1, minute, "timed-out"],
    ["no time after the last attempt, timeout or not", { ...options, retryTimeoutInMilliseconds: 1 }, 5, minute, 0],
  ])("%s", (_, given, number, now, expected) => {
    expect(pauseAfterFailure({ number, firstAt: 0, options: given }, now)).toBe(expected);
  });
});

let calls: number[] = [];
let succeedAt = 0;
let host = new TestHost();
const flaky = activity((name: string) => {
  calls.push(host.clock.now());
  if (calls.length < succeedAt) throw new Error(`${name} failed`);
  return `${name} done`;
});

function fresh(attempt: number): TestHost {
  calls = [];
  succeedAt = attempt;
  host = new TestHost();
  return host;
}

describe("callActivityWithRetry", () => {
  const main = orchestrator(function* (context) {
    const options = new df.RetryOptions(minute, 3);
    options.backoffCoefficient = 3;
    return yield context.df.callActivityWithRetry(flaky, options, "it");
  });

  test("tries again after growing pauses", async () => {
    expect(await fresh(3).run(main)).toMatchObject({ runtimeStatus: "Completed", output: "it done" });
    expect(calls.map((time) => time - (calls[0] ?? 0))).toEqual([0, minute, 4 * minute]);
    expect(host.violations).toEqual([]);
  });

  test("gives the last error up when the attempts are used", async () => {
    const { runtimeStatus, output } = await fresh(99).run(main);
    expect(runtimeStatus).toBe("Failed");
    expect(output).toContain("it failed");
    expect(calls).toHaveLength(3);
    expect(host.violations).toEqual([]);
  });

  test("an error after all attempts can be caught, and what follows has the right ids", async () => {
    const catching = orchestrator(function* (context) {
      try {
        yield context.df.callActivityWithRetry(flaky, new df.RetryOptions(1000, 2), "it");
      } catch {
        succeedAt = 0;
        return yield context.df.callActivity(flaky, "other");
      }
      return undefined;
    });
    expect((await fresh(99).run(catching)).output).toBe("other done");
  });

  test("several at once do not mix up their attempts", async () => {
    const attempts = new Map<string, number>();
    const unlucky = activity((input: { name: string; failures: number }) => {
      const count = (attempts.get(input.name) ?? 0) + 1;
      attempts.set(input.name, count);
      if (count <= input.failures) throw new Error(input.name);
      return `${input.name} at ${count}`;
    });
    const parallel = orchestrator(function* (context) {
      const tasks = ["a", "b", "c", "d"].map((name, failures) =>
        context.df.callActivityWithRetry(unlucky, new df.RetryOptions(1000 + failures, 4), { name, failures }),
      );
      return yield context.df.Task.all(tasks);
    });
    expect((await fresh(0).run(parallel)).output).toEqual(["a at 1", "b at 2", "c at 3", "d at 4"]);
    expect(host.violations).toEqual([]);
  });

  test("a retry timeout that runs out leaves the instance waiting for ever, and is reported", async () => {
    const timing = orchestrator(function* (context) {
      const options = new df.RetryOptions(minute, 10);
      options.retryTimeoutInMilliseconds = 90_000;
      yield context.df.callActivityWithRetry(flaky, options, "it");
    });
    const id = await fresh(99).start(timing);
    await host.runToIdle();
    expect(await host.status(id)).toMatchObject({ runtimeStatus: "Running" });
    expect(host.violations).toMatchObject([{ instanceId: id, code: "retry-timeout" }]);
    expect(calls).toHaveLength(3);
  });
});

test("callSubOrchestratorWithRetry starts the child again, under the same id if it was given one", async () => {
  const child = orchestrator(function* (context) {
    yield context.df.callActivity(flaky, context.df.instanceId);
    return context.df.instanceId;
  });
  const main = orchestrator(function* (context) {
    const options = new df.RetryOptions(1000, 4);
    return [
      yield context.df.callSubOrchestratorWithRetry(child, options, null, "named"),
      yield context.df.callSubOrchestratorWithRetry(child, options, null),
    ];
  });
  const { output } = await fresh(3).run(main);
  expect(output).toEqual(["named", expect.stringMatching(/:5$/)]);
  expect(calls).toHaveLength(4);
});
