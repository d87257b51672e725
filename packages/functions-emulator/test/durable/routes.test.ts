import { describe, expect, test } from "vitest";
import { activity, orchestrator, TestHost } from "../../src/testing.ts";

const echo = activity((input: unknown) => input);
const waiting = orchestrator(function* (context) {
  return yield context.df.waitForExternalEvent("go");
});
const mixed = orchestrator(function* (context) {
  yield context.df.callActivity(echo, "secret input");
  yield context.df.callSubOrchestrator(child, null, "mixed-child");
  yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 1000));
  return yield context.df.waitForExternalEvent("go");
});
const child = orchestrator(function* (context) {
  return yield context.df.callActivity(echo, "from child");
});
const failing = orchestrator(function* (context) {
  yield context.df.callActivity(echo, 1);
  throw new Error("went wrong");
});

test("a start is answered with the links of the instance", async () => {
  const host = new TestHost();
  const { status, headers, body } = await host.call({
    method: "POST",
    path: `orchestrators/${waiting}/my%20id?code=x`,
  });
  expect(status).toBe(202);
  expect(headers).toMatchObject({ location: "http://test/durabletask/instances/my%20id", "retry-after": "10" });
  expect(body).toMatchObject({
    id: "my id",
    statusQueryGetUri: "http://test/durabletask/instances/my%20id?taskHub=TestHub&connection=Storage&code=local",
    terminatePostUri: expect.stringContaining("/instances/my%20id/terminate?reason={text}&"),
  });
});

test("a running instance is 202 with a place to look again, an ended one 200, a failed one 500 if asked for", async () => {
  const host = new TestHost();
  await host.start(waiting, null, "running");
  await host.start(failing, null, "failed");
  await host.ended("failed");
  expect(await host.call({ path: "instances/running?showInput=false" })).toMatchObject({
    status: 202,
    headers: { location: "http://test/durabletask/instances/running?showInput=false", "retry-after": "5" },
  });
  expect((await host.call({ path: "instances/failed" })).status).toBe(200);
  expect((await host.call({ path: "instances/failed?returnInternalServerErrorOnFailure=true" })).status).toBe(500);
});

test.each([
  ["an unknown instance", "GET", "instances/nothing", 404],
  ["an operation on an unknown instance", "POST", "instances/nothing/terminate", 404],
  ["an unknown operation", "POST", "instances/running/dance", 404],
  ["an operation by GET", "GET", "instances/running/terminate", 404],
  ["an event without a name", "POST", "instances/running/raiseEvent/", 404],
  ["a rewind of a running instance", "POST", "instances/running/rewind", 412],
  ["a rewind of a failed instance", "POST", "instances/failed/rewind", 501],
  ["a purge of many without a time", "DELETE", "instances/?runtimeStatus=Failed", 400],
  ["a start by GET", "GET", `orchestrators/${waiting}`, 404],
  ["an unknown collection", "GET", "things/1", 404],
  ["a method that instances do not have", "PUT", "instances/", 404],
  ["a method that an instance does not have", "PUT", "instances/running", 404],
])("%s is refused", async (_, method, path, status) => {
  const host = new TestHost();
  await host.start(waiting, null, "running");
  await host.start(failing, null, "failed");
  await host.ended("failed");
  expect((await host.call({ method, path })).status).toBe(status);
});

describe("an event", () => {
  const raise = async (headers: Record<string, string>, text?: string) => {
    const host = new TestHost();
    await host.start(waiting, null, "i");
    const { status } = await host.call({ method: "POST", path: "instances/i/raiseEvent/go", headers, text });
    await host.engine.idle();
    return [status, (await host.status("i")).output];
  };

  test.each([
    ["JSON is taken", {}, '{"a":1}', [202, { a: 1 }]],
    ["nothing is null", {}, undefined, [202, null]],
    ["another type is refused", { "content-type": "text/plain" }, "1", [400, null]],
    ["what is not JSON is refused", {}, "{a:1}", [400, null]],
    ["JSON in a charset is taken", { "content-type": "application/json; charset=utf-8" }, '"é"', [202, "é"]],
  ])("%s", async (_, headers, text, expected) => {
    expect(await raise(headers, text)).toEqual(expected);
  });
});

test("ids may hold what an address does not", async () => {
  const host = new TestHost();
  for (const id of ["50% done", "ü:1", "a+b&c=d"]) {
    await host.start(waiting, null, id);
    expect((await host.status(id)).instanceId).toBe(id);
  }
  await host.start(waiting, null, "100%");
  expect((await host.call({ path: "instances/100%" })).status).toBe(202); // as the client sends it
});

test("a restart runs the first input again, under a new id or its own", async () => {
  const host = new TestHost();
  const echoing = orchestrator(function* (context) {
    return yield context.df.callActivity(echo, context.df.getInput());
  });
  const second = new TestHost();
  await second.start(echoing, { n: 1 }, "first");
  await second.ended("first");
  const { status, body } = await second.call({ method: "POST", path: "instances/first/restart" });
  expect(status).toBe(202);
  const { id } = body as { id: string };
  expect(id).not.toBe("first");
  await second.ended(id);
  expect((await second.status(id)).output).toEqual({ n: 1 });
  const own = "instances/first/restart?restartWithNewInstanceId=false";
  expect((await second.call({ method: "POST", path: own })).body).toMatchObject({ id: "first" });
  await host.start(waiting, null, "busy");
  expect((await host.call({ method: "POST", path: own.replace("first", "busy") })).status).toBe(409);
});

test("the history tells what happened, without inputs and markers, and results only if asked for", async () => {
  const host = new TestHost();
  const id = await host.start(mixed, "in");
  await host.runToIdle();
  await host.raise(id, "go", "data");
  await host.ended(id);
  const at = "2026-01-01T00:00:00.000Z";
  const second = "2026-01-01T00:00:01.000Z";
  expect((await host.status(id)).historyEvents).toEqual([
    { EventType: "ExecutionStarted", Timestamp: at, FunctionName: mixed },
    { EventType: "TaskCompleted", Timestamp: at, ScheduledTime: at, FunctionName: echo, Result: "secret input" },
    {
      EventType: "SubOrchestrationInstanceCompleted",
      Timestamp: at,
      ScheduledTime: at,
      FunctionName: child,
      Result: "from child",
    },
    { EventType: "TimerCreated", Timestamp: at, FireAt: second },
    { EventType: "TimerFired", Timestamp: second, FireAt: second },
    { EventType: "EventRaised", Timestamp: second, Name: "go" },
    { EventType: "ExecutionCompleted", Timestamp: second, OrchestrationStatus: "Completed", Result: "data" },
  ]);
  const { body } = await host.call({ path: `instances/${id}?showHistory=true` });
  expect(JSON.stringify((body as { historyEvents: unknown }).historyEvents)).not.toContain("secret");
});

test("pages follow each other by token", async () => {
  const host = new TestHost();
  for (const id of ["c", "a", "d", "b"]) await host.start(waiting, null, id);
  await host.start(waiting, null, "other");
  const seen: unknown[] = [];
  let token: string | undefined;
  do {
    const headers = token === undefined ? {} : { "x-ms-continuation-token": token };
    const page = await host.call({ path: "instances/?top=2&instanceIdPrefix=", headers });
    seen.push((page.body as { instanceId: string }[]).map(({ instanceId }) => instanceId));
    token = page.headers["x-ms-continuation-token"]?.toString();
  } while (token !== undefined);
  expect(seen).toEqual([["a", "b"], ["c", "d"], ["other"]]);
  expect((await host.call({ path: "instances/?instanceIdPrefix=o" })).body).toHaveLength(1);
});

test("an error of the host itself is 500 and logged", async () => {
  const host = new TestHost();
  host.clock.now = () => {
    throw new Error("no time");
  };
  const answer = await host.call({ method: "POST", path: `orchestrators/${waiting}` });
  expect(answer).toMatchObject({ status: 500, body: { Message: "no time" } });
  expect(host.logs).toEqual([`error: Durable request POST orchestrators/${waiting}: Error: no time`]);
});
