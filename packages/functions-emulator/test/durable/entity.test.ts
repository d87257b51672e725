import { expect, test } from "vitest";
import { df, orchestrator, TestHost } from "../../src/testing.ts";

let running = 0;
let most = 0;
df.app.entity("Counter", async (context) => {
  most = Math.max(most, ++running);
  await new Promise((resolve) => setImmediate(resolve));
  running--;
  const count = context.df.getState(() => 0) as number;
  switch (context.df.operationName) {
    case "add":
      context.df.setState(count + (context.df.getInput() as number));
      break;
    case "get":
      context.df.return(count);
      break;
    case "report":
      context.df.signalEntity(new df.EntityId("Log", "all"), "note", context.df.entityId.key);
      break;
    case "delete":
      context.df.destructOnExit();
      break;
    case "fail":
      throw new Error("lost on the way");
  }
});
df.app.entity("Log", (context) => {
  const notes = context.df.getState(() => []) as unknown[];
  context.df.setState([...notes, context.df.getInput()]);
});

const counter = (key: string) => new df.EntityId("Counter", key);

test("calls wait for their results, signals do not, and both are done in their order", async () => {
  const main = orchestrator(function* (context) {
    context.df.signalEntity(counter("a"), "add", 10);
    for (const number of [1, 2, 3]) yield context.df.callEntity(counter("a"), "add", number);
    return yield context.df.callEntity(counter("a"), "get");
  });
  const host = new TestHost();
  expect((await host.run(main)).output).toBe(16);
  expect(host.violations).toEqual([]);
});

test("an entity runs one operation at a time, others run meanwhile", async () => {
  most = 0;
  const main = orchestrator(function* (context) {
    const calls = Array.from({ length: 6 }, (_, index) =>
      context.df.callEntity(counter(index < 5 ? "same" : "other"), "add", 1),
    );
    yield context.df.Task.all(calls);
    return yield context.df.callEntity(counter("same"), "get");
  });
  expect((await new TestHost().run(main)).output).toBe(5);
  expect(most).toBe(2);
});

test("entities signal each other", async () => {
  const main = orchestrator(function* (context) {
    yield context.df.callEntity(counter("reporting"), "report");
  });
  const host = new TestHost();
  await host.run(main);
  await host.engine.idle();
  expect((await host.call({ path: "entities/log/all" })).body).toEqual(["reporting"]);
});

test("an error in an operation reaches the caller without its message, as in Azure", async () => {
  const main = orchestrator(function* (context) {
    try {
      yield context.df.callEntity(counter("failing"), "fail");
    } catch (error) {
      return String(error);
    }
    return undefined;
  });
  expect((await new TestHost().run(main)).output).toBe("Error: [object Object]");
});

test("an entity function that cannot be run answers its callers, and keeps its state", async () => {
  const main = orchestrator(function* (context) {
    try {
      yield context.df.callEntity(counter("broken"), "get");
    } catch (error) {
      return String(error);
    }
    return undefined;
  });
  const plain = new TestHost();
  const host = new TestHost({
    invoke: (kind, ...call) =>
      kind === "entity" ? Promise.reject(new Error("no worker")) : plain.invoke(kind, ...call),
  });
  expect((await host.run(main)).output).toBe("Error: no worker");
  expect(host.logs).toContain("error: Entity @counter@broken failed, its state stays as it was: no worker");
});

test("a signal to an entity that is not there is reported", async () => {
  const host = new TestHost({
    functions: { orchestrations: new Set(), activities: new Set(), entities: new Set(["counter"]) },
  });
  await host.call({ method: "POST", path: "entities/Counter/x?op=report" });
  await host.engine.idle();
  expect(host.violations).toMatchObject([{ code: "unknown-function", instanceId: "@log@all" }]);
});

test("clients signal, read, list and delete entities", async () => {
  const host = new TestHost();
  const signal = (operation: string, input?: unknown) =>
    host.call({ method: "POST", path: `entities/Counter/My Key?op=${operation}`.replace(" ", "%20"), body: input });
  expect((await host.call({ path: "entities/counter/My%20Key" })).status).toBe(404);
  expect((await signal("add", 4)).status).toBe(202);
  await signal("add", 1);
  await host.engine.idle();
  expect(await host.call({ path: "entities/counter/My%20Key" })).toMatchObject({ status: 200, body: 5 });
  const listed = { entityId: { name: "counter", key: "My Key" }, lastOperationTime: "2026-01-01T00:00:00Z" };
  expect((await host.call({ path: "entities/Counter" })).body).toEqual([listed]);
  expect((await host.call({ path: "entities/?fetchState=true" })).body).toEqual([{ ...listed, state: 5 }]);
  expect((await host.call({ path: "entities/log" })).body).toEqual([]);
  expect((await host.call({ method: "DELETE", path: "entities/counter/My%20Key" })).status).toBe(202);
  await host.engine.idle();
  expect((await host.call({ path: "entities/counter/My%20Key" })).status).toBe(404);
  expect((await host.call({ method: "POST", path: "entities/Nothing/x?op=add" })).status).toBe(400);
  expect((await host.call({ method: "POST", path: "entities/Counter" })).status).toBe(404);
});
