import { expect, test } from "vitest";
import { activity, orchestrator, TestHost } from "../../src/testing.ts";

const minute = 60_000;

test("a loop over a day keeps its history short and its status and input up to date", async () => {
  const poll = activity((round: number) => round);
  const main = orchestrator(function* (context) {
    const { df } = context;
    const { round } = df.getInput() as { round: number };
    df.setCustomStatus({ round });
    yield df.callActivity(poll, round);
    yield df.createTimer(new Date(df.currentUtcDateTime.getTime() + 10 * minute));
    df.continueAsNew({ round: round + 1 });
  });
  const host = new TestHost();
  const id = await host.start(main, { round: 0 });
  await host.advance(24 * 60 * minute);
  const status = await host.status(id);
  expect(status).toMatchObject({ runtimeStatus: "Running", input: { round: 144 }, customStatus: { round: 144 } });
  expect(status.createdTime).toBe("2026-01-02T00:00:00Z");
  expect(await host.storedHistory(id)).toHaveLength(8);
  expect(host.activities).toHaveLength(145);
  expect(host.violations).toEqual([]);
});

const collector = orchestrator(function* (context) {
  const { df } = context;
  const seen = df.getInput() as unknown[];
  if (seen.length === 4) return seen;
  seen.push(yield df.waitForExternalEvent("item"));
  df.continueAsNew(seen);
  return undefined;
});

test("events that an execution has not taken are there for the next", async () => {
  const host = new TestHost();
  const id = await host.start(collector, []);
  for (const item of ["a", "b", "c", "d"]) await host.raise(id, "item", item);
  await host.ended(id);
  expect((await host.status(id)).output).toEqual(["a", "b", "c", "d"]);
  expect(host.violations).toEqual([]);
});

test("events that come while the next execution begins are not lost", async () => {
  const host = new TestHost();
  const id = await host.start(collector, []);
  await Promise.all(["a", "b", "c", "d"].map((item) => host.raise(id, "item", item)));
  await host.ended(id);
  expect((await host.status(id)).output).toEqual(["a", "b", "c", "d"]);
});

test("an event that was taken and not awaited is lost, which is reported", async () => {
  const main = orchestrator(function* (context) {
    const { df } = context;
    if (df.getInput() === "last") return "done";
    yield df.waitForExternalEvent("go");
    df.continueAsNew({ last: true });
    return undefined;
  });
  const host = new TestHost();
  const id = await host.start(main);
  await host.raise(id, "other", 1);
  await host.raise(id, "go", 1);
  await host.engine.idle();
  expect(host.violations).toMatchObject([{ code: "dropped-event", message: expect.stringContaining('"other"') }]);
});

test("the next execution waits for activities that the last one did not", async () => {
  const gate = Promise.withResolvers<void>();
  const slow = activity(() => gate.promise);
  const quick = activity(() => 1);
  const main = orchestrator(function* (context) {
    const { df } = context;
    if ((df.getInput() as { second: boolean }).second) return yield df.waitForExternalEvent("go");
    yield df.Task.any([df.callActivity(slow), df.callActivity(quick)]);
    df.continueAsNew({ second: true });
    return undefined;
  });
  const host = new TestHost();
  const id = await host.start(main, { second: false });
  await host.raise(id, "go", "kept");
  await new Promise((resolve) => setImmediate(resolve));
  expect(await host.status(id)).toMatchObject({ runtimeStatus: "Running", input: { second: false } });
  gate.resolve();
  await host.ended(id);
  expect((await host.status(id)).output).toBe("kept");
  expect(host.violations).toEqual([]);
});

test("a sub-orchestration that continues as new answers its parent in the end", async () => {
  const main = orchestrator(function* (context) {
    return yield context.df.callSubOrchestrator(collector, ["a", "b", "c"], "child");
  });
  const host = new TestHost();
  const id = await host.start(main);
  await host.engine.idle();
  await host.raise("child", "item", "d");
  await host.ended(id);
  expect((await host.status(id)).output).toEqual(["a", "b", "c", "d"]);
});
