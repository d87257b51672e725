import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { StoredInstance } from "../../src/durable/contract.ts";
import { MemoryStore, SqliteStore } from "../../src/durable/stores.ts";
import { activity, type Context, df, orchestrator, TestHost, VirtualClock } from "../../src/testing.ts";

const minute = 60_000;
const inMinutes = (context: Context, minutes: number) =>
  new Date(context.df.currentUtcDateTime.getTime() + minutes * minute);
const echo = activity((input: unknown) => input);

describe("a second host on the folder of a killed one", () => {
  let folder: string;
  let gate: PromiseWithResolvers<string>;
  const gated = activity(() => gate.promise);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "durable-"));
    gate = Promise.withResolvers();
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function startHost(options: ConstructorParameters<typeof TestHost>[0] = {}): Promise<TestHost> {
    const host = new TestHost({ store: new SqliteStore(join(folder, "durable.sqlite")), ...options });
    await host.engine.start();
    return host;
  }

  test("runs an activity again that had not ended", async () => {
    const main = orchestrator(function* (context) {
      return [yield context.df.callActivity(echo, "once"), yield context.df.callActivity(gated)];
    });
    const killed = await startHost();
    const id = await killed.start(main);
    while (killed.activities.length < 2) await new Promise((resolve) => setImmediate(resolve));

    gate = Promise.withResolvers();
    gate.resolve("second run");
    const host = await startHost();
    await host.ended(id);
    expect((await host.status(id)).output).toEqual(["once", "second run"]);
    expect(host.activities).toEqual([gated]);
    expect(host.violations).toEqual([]);
  });

  const stand = orchestrator(function* (context) {
    return yield context.df.callActivity(gated);
  });

  test.each([
    [undefined, 5 * minute],
    [1 * minute, 1 * minute],
  ])("an activity under way in the killed host stands still until its lock ends (%d ms)", async (setting, locked) => {
    const options = setting === undefined ? {} : { workItemVisibilityTimeout: setting };
    const killed = await startHost(options);
    const id = await killed.start(stand);
    while (killed.activities.length === 0) await new Promise((resolve) => setImmediate(resolve));

    gate = Promise.withResolvers();
    gate.resolve("second run");
    const host = await startHost(options);
    await host.advance(locked - 1);
    expect([host.activities, (await host.status(id)).runtimeStatus]).toEqual([[], "Running"]);
    await host.advance(1);
    expect((await host.status(id)).output).toBe("second run");
  });

  test("the lock of an activity that takes long is renewed, and counts from the last renewal", async () => {
    const killed = await startHost();
    await killed.start(stand);
    while (killed.activities.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const working = killed.clock;
    while (working.now() < Date.parse("2026-01-01T00:12:00Z")) working.runNext();
    expect(killed.activities).toHaveLength(1);

    gate = Promise.withResolvers();
    gate.resolve("second run");
    const host = await startHost({ clock: new VirtualClock(working.now()) });
    await host.advance(2 * minute);
    expect(host.activities).toEqual([]);
    await host.advance(3 * minute);
    expect(host.activities).toEqual([gated]);
  });

  test("sets timers again, also those that became due in between", async () => {
    const main = orchestrator(function* (context) {
      yield context.df.createTimer(inMinutes(context, 10));
      yield context.df.createTimer(inMinutes(context, 10));
      return context.df.currentUtcDateTime.toISOString();
    });
    const killed = await startHost();
    const id = await killed.start(main);
    await killed.engine.idle();
    const host = await startHost();
    await host.advance(15 * minute);
    const later = new TestHost({ store: new SqliteStore(join(folder, "durable.sqlite")), clock: host.clock });
    await later.advance(minute);
    await later.engine.start();
    await later.ended(id);
    expect((await later.status(id)).output).toBe("2026-01-01T00:20:00.000Z");
  });

  test("keeps waiting events, a suspension, and finished instances until they are purged", async () => {
    const main = orchestrator(function* (context) {
      return yield context.df.waitForExternalEvent("go");
    });
    const killed = await startHost();
    await killed.start(main, null, "one");
    await killed.start(main, null, "two");
    await killed.call({ method: "POST", path: "instances/one/suspend" });
    await killed.raise("one", "go", "while suspended");
    await killed.raise("two", "go", "done");
    const second = await startHost();
    expect((await second.status("one")).runtimeStatus).toBe("Suspended");
    expect(await second.status("two")).toMatchObject({ runtimeStatus: "Completed", output: "done" });
    await second.call({ method: "POST", path: "instances/one/resume" });
    await second.ended("one");
    expect((await second.status("one")).output).toBe("while suspended");
    await second.call({ method: "DELETE", path: "instances/two" });
    const third = await startHost();
    expect((await third.call({ path: "instances/two" })).status).toBe(404);
    expect((await third.call({ path: "instances/one" })).status).toBe(200);
  });

  test("a host that is stopped lets its activities end and starts no others", async () => {
    const main = orchestrator(function* (context) {
      return [yield context.df.callActivity(gated), yield context.df.callActivity(echo, 2)];
    });
    const stopped = await startHost();
    const id = await stopped.start(main);
    const stopping = stopped.engine.stop();
    gate.resolve("ended");
    await stopping;
    expect(stopped.activities).toEqual([gated]);
    const host = await startHost();
    await host.ended(id);
    expect((await host.status(id)).output).toEqual(["ended", 2]);
    expect(host.activities).toEqual([echo]);
  });
});

/** Remembers all that was stored after every single write. */
class FilmedStore extends MemoryStore {
  readonly moments: StoredInstance[][] = [];

  override async save(instance: StoredInstance): Promise<void> {
    await super.save(instance);
    this.moments.push(await this.load());
  }
}

test("from every moment at which the process may be killed, the end is the same", async () => {
  df.app.entity("Tally", (context) => {
    const tally = context.df.getState(() => 0) as number;
    if (context.df.operationName === "add") context.df.setState(tally + 1);
    if (context.df.operationName === "get") context.df.return(tally);
  });
  let failures = 0;
  const flaky = activity(() => {
    if (failures++ % 2 === 0) throw new Error("not yet");
    return "flaky";
  });
  const child = orchestrator(function* (context) {
    const result = yield context.df.callActivity(echo, context.df.getInput());
    context.df.signalEntity(new df.EntityId("Tally", "t"), "add");
    return result;
  });
  const main = orchestrator(function* (context) {
    const { df: durable } = context;
    const round = (durable.getInput() as { round: number }).round;
    const tally = new df.EntityId("Tally", "t");
    durable.signalEntity(tally, "add");
    const results: unknown[] = yield durable.Task.all([
      durable.callActivity(echo, "a"),
      durable.callSubOrchestrator(child, "c", "named-child"),
      durable.callActivityWithRetry(flaky, new df.RetryOptions(1000, 5)),
    ]) as never;
    yield durable.createTimer(inMinutes(context, 1));
    if (round === 0) {
      durable.continueAsNew({ round: 1 });
      return undefined;
    }
    return [...results, yield durable.callSubOrchestrator(child, "d"), yield durable.callEntity(tally, "get")];
  });

  const film = new FilmedStore();
  const filmed = new TestHost({ store: film });
  const id = await filmed.start(main, { round: 0 });
  await filmed.ended(id);
  const expected = ["a", "c", "flaky", "d", 5];
  expect((await filmed.status(id)).output).toEqual(expected);
  expect(film.moments.length).toBeGreaterThan(20);

  for (const [index, moment] of film.moments.entries()) {
    const store = new MemoryStore();
    for (const instance of moment) await store.save(instance);
    const host = new TestHost({ store });
    await host.engine.start();
    await host.ended(id);
    await host.runToIdle();
    expect([index, (await host.status(id)).output]).toEqual([index, expected]);
    expect(host.violations).toEqual([]);
  }
});

test("a stored state that is none of this host is refused by name", async () => {
  const store = new MemoryStore();
  await store.save({ instanceId: "odd", state: { kind: "orchestration" } });
  await expect(new TestHost({ store }).engine.start()).rejects.toThrow('The stored state of "odd"');
});

test("a store that fails is told to the client and logged, and the instance goes on with its next event", async () => {
  const main = orchestrator(function* (context) {
    return [yield context.df.callActivity(echo, 1), yield context.df.waitForExternalEvent("go")];
  });
  const store = new MemoryStore();
  const save = store.save.bind(store);
  store.save = async () => {
    throw new Error("disk full");
  };
  const host = new TestHost({ store });
  expect(await host.call({ method: "POST", path: `orchestrators/${main}/x` })).toMatchObject({
    status: 500,
    body: { Message: "disk full" },
  });
  expect(host.logs).toContain('error: Instance "x" stopped, and goes on with its next event: Error: disk full');
  expect(host.activities).toEqual([]);
  store.save = save;
  expect(await host.raise("x", "go", 2)).toBe(202);
  await host.ended("x");
  expect((await host.status("x")).output).toEqual([1, 2]);
});
