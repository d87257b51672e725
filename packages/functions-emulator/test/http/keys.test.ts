import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Host } from "../../src/host.ts";
import { freshAccount, startTiny } from "../tiny-app.ts";

const keys = { master: "the-master", function: "a-function-key", system: "a-system-key" };
let host: Host;

const status = async (path: string, headers: Record<string, string> = {}, method = "GET") =>
  (await fetch(`${host.url}/${path}`, { headers, method })).status;

describe("with keys", () => {
  beforeAll(async () => {
    host = await startTiny(freshAccount(), { keys });
  });
  afterAll(() => host.stop());

  test.each([
    ["api/items/42", undefined, 200],
    ["api/echo/x", undefined, 401],
    ["api/echo/x", "wrong", 401],
    ["api/echo/x", keys.system, 401],
    ["api/echo/x", keys.function, 201],
    ["api/echo/x", keys.master, 201],
    ["api/guarded", undefined, 401],
    ["api/guarded", keys.function, 401],
    ["api/guarded", keys.master, 200],
    ["admin/functions", undefined, 401],
    ["admin/functions", keys.function, 401],
    ["admin/functions", keys.master, 200],
    ["runtime/webhooks/durabletask/instances/", undefined, 401],
    ["runtime/webhooks/durabletask/instances/", keys.function, 401],
    ["runtime/webhooks/durabletask/instances/", keys.system, 200],
    ["runtime/webhooks/durabletask/instances/", keys.master, 200],
    ["runtime/webhooks/blobs?functionName=Host.Functions.scanned", undefined, 401],
  ])("GET /%s with the key %s is %d, in the query and in the header", async (path, key, expected) => {
    expect(await status(path, key === undefined ? {} : { "x-functions-key": key })).toBe(expected);
    const query = key === undefined ? "" : `${path.includes("?") ? "&" : "?"}code=${key}`;
    expect(await status(`${path}${query}`)).toBe(expected);
  });

  test("the addresses that an orchestration is managed by carry the key that they need", async () => {
    const response = await fetch(`${host.url}/api/start?code=${keys.function}`, {
      method: "POST",
      body: '{"names":[]}',
    });
    const { statusQueryGetUri } = (await response.json()) as { statusQueryGetUri: string };
    expect((await fetch(statusQueryGetUri)).ok).toBe(true);
    expect((await fetch(statusQueryGetUri.replace(keys.system, "wrong"))).status).toBe(401);
  });
});

test("without keys everything is let in", async () => {
  host = await startTiny(freshAccount());
  expect(await Promise.all(["api/echo/x", "api/guarded", "admin/functions"].map((path) => status(path)))).toEqual([
    201, 200, 200,
  ]);
  await host.stop();
});
