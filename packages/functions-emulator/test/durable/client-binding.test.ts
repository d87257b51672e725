import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { InvocationContext } from "@azure/functions";
import type { DurableClient } from "durable-functions";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { activity, df, orchestrator, TestHost } from "../../src/testing.ts";

const echo = activity((input: unknown) => input);
const echoing = orchestrator(function* (context) {
  context.df.setCustomStatus({ phase: "echoing" });
  return yield context.df.callActivity(echo, context.df.getInput());
});
const waiting = orchestrator(function* (context) {
  return yield context.df.waitForExternalEvent("go");
});
const failing = orchestrator(function* (context) {
  yield context.df.callActivity(echo, 1);
  throw new Error("went wrong");
});
df.app.entity("Box", (context) => {
  if (context.df.operationName === "put") context.df.setState(context.df.getInput());
});

let host: TestHost;
let origin: string;
const webhooks = "runtime/webhooks/durabletask/";
const server = createServer((request, response) => {
  const path = (request.url ?? "/").slice(1).split("?")[0] ?? "";
  const prefix = [webhooks, "durabletask/"].find((candidate) => path.startsWith(candidate)) ?? "";
  void host.engine.handle(request, response, path.slice(prefix.length));
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  Object.assign(process.env, { WEBSITE_HOSTNAME: new URL(origin).host }); // or the client sends everything to port 7071
});
afterAll(() => void server.close());
beforeEach(() => {
  host = new TestHost();
});

function clientWith(rpcBaseUrl: string | undefined): DurableClient {
  const input = df.input.durableClient();
  const context = new InvocationContext({ options: { extraInputs: [input] } as never });
  context.extraInputs.set(
    input,
    JSON.parse(host.engine.clientBinding(`${origin}/${webhooks.slice(0, -1)}`, rpcBaseUrl)),
  );
  return df.getClient(context);
}

describe.each([
  ["by the local address", true],
  ["by the webhooks", false],
])("the client of durable-functions, %s,", (_, local) => {
  let client: DurableClient;
  beforeEach(() => {
    client = clientWith(local ? `${origin}/durabletask/` : undefined);
  });

  test("starts an instance and sees its status, with input, output and custom status", async () => {
    const id = await client.startNew(echoing, { instanceId: "my id", input: { a: [1, "ü"] } });
    expect(id).toBe("my id");
    await host.ended(id);
    expect(await client.getStatus(id)).toMatchObject({
      name: echoing,
      instanceId: id,
      runtimeStatus: "Completed",
      input: { a: [1, "ü"] },
      output: { a: [1, "ü"] },
      customStatus: { phase: "echoing" },
      createdTime: new Date("2026-01-01T00:00:00Z"),
    });
    const hidden = (await client.getStatus(id, { showInput: false })).input;
    expect(hidden).toEqual(local ? { a: [1, "ü"] } : null); // by the local address the client forgets to say so
  });

  test("starts without id and input", async () => {
    const id = await client.startNew(echoing);
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    await host.ended(id);
    expect((await client.getStatus(id)).input).toBe(""); // the client sends the JSON text of an empty string
  });

  test("is refused for an unknown function, a bad id, and an id that still runs", async () => {
    await expect(client.startNew("nothing")).rejects.toThrow(/400.*'nothing' is not an orchestrator function/);
    await expect(client.startNew(waiting, { instanceId: "@entity" })).rejects.toThrow(/400.*must not start with @/);
    await client.startNew(waiting, { instanceId: "taken" });
    await expect(client.startNew(waiting, { instanceId: "taken" })).rejects.toThrow(/409.*'taken' is Running/);
    await client.suspend("taken", "pause");
    await host.engine.idle();
    await expect(client.startNew(waiting, { instanceId: "taken" })).rejects.toThrow(/409.*'taken' is Suspended/);
  });

  test("starts again under the id of a finished instance", async () => {
    for (const input of [1, 2]) {
      await client.startNew(echoing, { instanceId: "again", input });
      await host.ended("again");
      expect((await client.getStatus("again")).output).toBe(input);
    }
    expect(await client.getStatusAll()).toHaveLength(1);
  });

  test("raises events: taken by a running instance, ignored by an ended one, refused by an unknown one", async () => {
    const id = await client.startNew(waiting);
    await client.raiseEvent(id, "go", { some: "data" });
    await host.ended(id);
    expect((await client.getStatus(id)).output).toEqual({ some: "data" });
    await client.raiseEvent(id, "go", "late");
    await expect(client.raiseEvent("unknown", "go", 1)).rejects.toThrow("No instance with ID 'unknown' found.");
  });

  test("terminates, once or twice, and not the unknown", async () => {
    const id = await client.startNew(waiting);
    await client.terminate(id, "no more");
    await host.engine.idle();
    expect(await client.getStatus(id)).toMatchObject({ runtimeStatus: "Terminated", output: "no more" });
    await client.terminate(id, "no more");
    await expect(client.terminate("unknown", "no more")).rejects.toThrow("No instance with ID 'unknown' found.");
  });

  test("suspends and resumes", async () => {
    const id = await client.startNew(waiting);
    await client.suspend(id, "wait");
    await client.raiseEvent(id, "go", 1);
    await host.engine.idle();
    expect((await client.getStatus(id)).runtimeStatus).toBe("Suspended");
    await client.resume(id, "go on");
    await host.ended(id);
    expect((await client.getStatus(id)).runtimeStatus).toBe("Completed");
    await expect(client.suspend("unknown", "")).rejects.toThrow("No instance with ID");
    await expect(client.resume("unknown", "")).rejects.toThrow("No instance with ID");
  });

  test("lists all instances through all pages, or those of a status or a time", async () => {
    const ids = Array.from({ length: 120 }, (_, index) => `item-${String(index).padStart(3, "0")}`);
    await Promise.all(ids.map((instanceId) => client.startNew(echoing, { instanceId })));
    await host.engine.idle();
    await host.advance(60_000);
    await client.startNew(waiting, { instanceId: "later" });
    const all = await client.getStatusAll();
    expect(all.map(({ instanceId }) => instanceId)).toEqual([...ids, "later"]);
    const { Running, Completed } = df.OrchestrationRuntimeStatus;
    const listed = async (filter: Parameters<DurableClient["getStatusBy"]>[0]) =>
      (await client.getStatusBy(filter)).map(({ instanceId }) => instanceId);
    expect(await listed({ runtimeStatus: [Running] })).toEqual(["later"]);
    expect(await listed({ runtimeStatus: [Running, Completed] })).toHaveLength(121);
    expect(await listed({ createdTimeFrom: new Date("2026-01-01T00:00:30Z") })).toEqual(["later"]);
    expect(await listed({ createdTimeTo: new Date("2026-01-01T00:00:30Z") })).toEqual(ids);
  });

  test("purges ended instances only, one by one or many", async () => {
    for (const instanceId of ["one", "two", "three"]) await client.startNew(echoing, { instanceId });
    await client.startNew(waiting, { instanceId: "running" });
    await host.engine.idle();
    expect(await client.purgeInstanceHistory("one")).toEqual({ instancesDeleted: 1 });
    expect(await client.purgeInstanceHistory("one")).toEqual({ instancesDeleted: 0 });
    await expect(client.purgeInstanceHistory("running")).rejects.toThrow(/412.*"running\\" is Running/);
    const createdTimeFrom = new Date("2025-12-31T00:00:00Z");
    expect(await client.purgeInstanceHistoryBy({ createdTimeFrom })).toEqual({ instancesDeleted: 2 });
    expect(await client.purgeInstanceHistoryBy({ createdTimeFrom })).toEqual({ instancesDeleted: 0 });
    expect(await client.getStatusAll()).toMatchObject([{ instanceId: "running" }]);
  });

  test("is told that an instance is unknown, not failed, or cannot be rewound", async () => {
    await client.startNew(failing, { instanceId: "failed" });
    await client.startNew(waiting, { instanceId: "running" });
    await host.ended("failed");
    await expect(client.getStatus("unknown")).rejects.toThrow("HTTP 404");
    await expect(client.rewind("unknown", "")).rejects.toThrow();
    await expect(client.rewind("running", "")).rejects.toThrow();
    await expect(client.rewind("failed", "")).rejects.toThrow();
  });

  test("signals and reads entities", async () => {
    const box = new df.EntityId("Box", "key");
    expect((await client.readEntityState(box)).entityExists).toBe(false);
    await client.signalEntity(box, "put", { inside: true });
    await host.engine.idle();
    expect(await client.readEntityState(box)).toEqual({ entityExists: true, entityState: { inside: true } });
  });

  test("makes links that work", async () => {
    const id = await client.startNew(waiting, { instanceId: "linked" });
    const links = client.createHttpManagementPayload(id);
    expect((await fetch(links.statusQueryGetUri)).status).toBe(202);
    const event = links.sendEventPostUri.replace("{eventName}", "go");
    const headers = { "content-type": "application/json" };
    expect((await fetch(event, { method: "POST", headers, body: '"hello"' })).status).toBe(202);
    await host.ended(id);
    expect(await (await fetch(links.statusQueryGetUri)).json()).toMatchObject({ output: "hello" });
    expect(await (await fetch(links.purgeHistoryDeleteUri, { method: "DELETE" })).json()).toEqual({
      instancesDeleted: 1,
    });
  });
});
