import { describe, expect, test } from "vitest";
import { activity, orchestrator, TestHost } from "../../src/testing.ts";

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
