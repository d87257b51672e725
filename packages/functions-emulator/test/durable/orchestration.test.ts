import { describe, expect, test } from "vitest";
import { activity, orchestrator, TestHost } from "../../src/testing.ts";

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
