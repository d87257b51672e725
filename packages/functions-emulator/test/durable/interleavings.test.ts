import fc from "fast-check";
import { expect, test } from "vitest";
import { activity, type Context, df, orchestrator, TestHost } from "../../src/testing.ts";

interface Work {
  kind: "plain" | "retry" | "child" | "timer" | "long timer";
  /** How often it fails before it succeeds; of three attempts where there are retries. */
  failures: number;
  /** How many rounds of the event loop it takes. */
  rounds: number;
}

const attempts = new Map<number, number>();
const work = activity(async ({ index, failures, rounds }: Work & { index: number }) => {
  for (let round = 0; round < rounds; round++) await new Promise((resolve) => setImmediate(resolve));
  const attempt = (attempts.get(index) ?? 0) + 1;
  attempts.set(index, attempt);
  if (attempt <= failures) throw new Error(`attempt ${attempt}`);
  return `${index} done`;
});
const child = orchestrator(function* (context) {
  return yield context.df.callActivity(work, context.df.getInput());
});

function taskFor({ df: durable }: Context, item: Work, index: number) {
  const input = { ...item, index };
  const later = (minutes: number) => new Date(durable.currentUtcDateTime.getTime() + minutes * 60_000);
  switch (item.kind) {
    case "plain":
      return durable.callActivity(work, input);
    case "retry":
      return durable.callActivityWithRetry(work, new df.RetryOptions(1000 * (1 + item.rounds), 3), input);
    case "child":
      return durable.callSubOrchestratorWithRetry(child, new df.RetryOptions(500, 3), input);
    case "timer":
      return durable.createTimer(later(item.rounds));
    case "long timer":
      return durable.createTimer(later(10_000 + item.rounds));
  }
}

const all = orchestrator(function* (context) {
  const items = context.df.getInput() as Work[];
  const tasks = items.map((item, index) => taskFor(context, item, index));
  yield context.df.Task.any(tasks);
  const results: unknown[] = [];
  for (const task of tasks) {
    try {
      const result: unknown = yield task;
      results.push(typeof result === "string" ? result : "fired"); // a long timer gives what its hops gave
    } catch {
      results.push("failed");
    }
    results.push(yield context.df.callActivity(work, { kind: "plain", failures: 0, rounds: 0, index: -1 }));
  }
  return results;
});

function expected(item: Work, index: number): string {
  if (item.kind.endsWith("timer")) return "fired";
  const allowed = item.kind === "plain" ? 1 : 3;
  return item.failures < allowed ? `${index} done` : "failed";
}

const item = fc.record<Work>({
  kind: fc.constantFrom("plain", "retry", "child", "timer", "long timer"),
  failures: fc.nat(4),
  rounds: fc.nat(5),
});

test("whatever ends, fails and is tried again in whatever order, each task gets its own result", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(item, { minLength: 1, maxLength: 8 }),
      fc.constantFrom(1, 2, 100),
      async (items, limit) => {
        attempts.clear();
        const host = new TestHost({ maxConcurrentActivities: limit });
        const { output } = await host.run(all, items);
        expect(output).toEqual(items.flatMap((each, index) => [expected(each, index), "-1 done"]));
        expect(host.violations).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
});
