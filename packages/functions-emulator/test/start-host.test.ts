import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { VirtualClock } from "../src/clock.ts";
import type { Host } from "../src/host.ts";
import { startHost } from "../src/start-host.ts";
import { appDirectory, freshAccount, peek, recorded, startTiny, storageOf, tinyCalls } from "./tiny-app.ts";

const connectionString = freshAccount();
let host: Host;

describe("a running host", () => {
  let lines: Awaited<ReturnType<typeof startTiny>>["lines"];
  const clock = new VirtualClock("2026-03-01T00:30:00Z");
  beforeAll(async () => {
    const started = await startTiny(connectionString, { clock });
    ({ lines } = started);
    host = started;
  });
  afterAll(() => host.stop());

  const get = (path: string): Promise<Response> => fetch(`${host.url}/${path}`);
  const post = (path: string, body: string, headers = {}): Promise<Response> =>
    fetch(`${host.url}/${path}`, { method: "POST", body, headers });

  describe("HTTP functions", () => {
    test("get the request as Azure hands it over and answer with all they can say", async () => {
      const response = await post("api/echo/a/b%2Fc/d%20e?x=1&x=2&empty=", "hi", { "X-Given": "yes" });
      expect(response.status).toBe(201);
      expect(response.headers.get("x-seen")).toBe("yes");
      expect(response.headers.getSetCookie()).toEqual(["crumb=a%20b; Max-Age=60; HttpOnly; SameSite=Lax"]);
      expect(await response.json()).toEqual({
        method: "POST",
        url: `${host.url}/api/echo/a/b%2Fc/d%20e?x=1&x=2&empty=`,
        params: { rest: "a/b%2Fc/d e" },
        query: { x: "1,2", empty: "" },
        body: "hi",
        function: "echo",
        hostname: new URL(host.url).host,
      });
    });

    test.each([
      ["api/items/42", 200, '{"id":"42"}'],
      ["api/items", 200, "{}"],
      ["API/Items/special", 200, "special"],
      ["api/items/four", 404, ""],
      ["api/nothing", 204, ""],
      ["api/fails", 500, ""],
      ["api/text", 500, ""],
      ["api/save/1", 404, ""],
      ["items/42", 404, ""],
      ["", 404, ""],
    ])("GET /%s is %d", async (path, status, body) => {
      const response = await get(path);
      expect([response.status, await response.text()]).toEqual([status, body]);
    });

    test("a failure is told in the log, once, without a stack", async () => {
      await get("api/fails");
      const errors = lines.filter(({ level, functionName }) => level === "error" && functionName === "fails");
      expect(errors.at(-1)?.message).toMatch(/^Executed \(Failed, Id=[\da-f-]+, Duration=\d+ms\): on purpose$/);
    });

    test("a body over Azure's limit is refused", async () => {
      const response = await post("api/echo/x", "x".repeat(104_857_601));
      expect(response.status).toBe(413);
    });

    test("outputs are written before the answer", async () => {
      expect((await post("api/save/7", "seven")).status).toBe(202);
      const storage = storageOf(connectionString);
      expect(await peek(await storage.queue("from-http"))).toEqual(['{"text":"seven"}', "plain"]);
      const names: string[] = [];
      for await (const { name } of (await storage.container("copies")).listBlobsFlat()) names.push(name);
      expect(names).toEqual([expect.stringMatching(/^7\/[\da-f-]{36}\.txt$/)]);
    });
  });

  describe("hooks", () => {
    test("run around an invocation and may change its inputs, result and log", async () => {
      expect(await (await get("api/hooked")).text()).toBe("changed by the hook");
      expect(tinyCalls()).toContainEqual({ postInvocation: "pre", result: { body: "from the handler" } });
      expect(
        lines.find(({ functionName, category }) => functionName === "hooked" && category === "user"),
      ).toMatchObject({
        level: "warning",
        message: "the ******** is from the hook",
      });
    });

    test("appStart has run once", () => {
      expect(recorded("appStart")).toHaveLength(1);
    });
  });

  describe("administration", () => {
    test("tells that it runs", async () => {
      expect(await (await get("admin/host/status")).json()).toMatchObject({ id: "tiny", state: "Running" });
    });

    test("lists functions with their addresses and authorisation levels", async () => {
      const functions = (await (await get("admin/functions")).json()) as unknown[];
      expect(functions).toContainEqual({
        name: "echo",
        trigger: "http",
        invoke_url_template: `${host.url}/api/echo/{*rest}`,
        methods: ["GET", "POST"],
        authLevel: "function",
      });
      expect(functions).toContainEqual({ name: "hourly", trigger: "timer" });
    });

    test("fires a timer by hand", async () => {
      expect((await post("admin/functions/HOURLY", "{}")).status).toBe(202);
      await expect
        .poll(() => recorded("hourly"))
        .toMatchObject([{ isPastDue: false, scheduleStatus: { next: "2026-03-01T01:00:00.000Z" } }]);
    });

    test.each([
      ["admin/functions/nope", "{}", 404],
      ["admin/functions/echo", "{}", 400],
      ["admin/functions/hourly", "not json", 400],
      ["admin/elsewhere", "{}", 404],
    ])("POST /%s %s is %d", async (path, body, status) => {
      expect((await post(path, body)).status).toBe(status);
    });
  });

  describe("durable functions", () => {
    test("an orchestration started over HTTP runs its activities and waits for the virtual clock", async () => {
      const response = await post("api/start", JSON.stringify({ names: ["a", "b"] }));
      expect(response.status).toBe(202);
      const links = (await response.json()) as { statusQueryGetUri: string };
      expect(links.statusQueryGetUri).toContain(`${host.url}/runtime/webhooks/durabletask/instances/`);
      await host.idle();
      expect(await (await fetch(links.statusQueryGetUri)).json()).toMatchObject({
        runtimeStatus: "Running",
        output: null,
      });

      while (clock.nextDueTime !== undefined && clock.now() < Date.parse("2026-03-01T01:31:00Z")) {
        clock.runNext();
        await host.idle();
      }
      expect(await (await fetch(links.statusQueryGetUri)).json()).toMatchObject({
        runtimeStatus: "Completed",
        output: ["A", "B"],
      });
      expect(host.violations.filter(({ instanceId }) => instanceId !== undefined)).toEqual([]);
    });

    test("its API answers under the address for the machine as well", async () => {
      expect((await get("durabletask/instances/nope")).status).toBe(404);
    });

    test("says nothing of an instance that it does not know, as the extension", async () => {
      const response = await get("runtime/webhooks/durabletask/instances/nope");
      expect([response.status, await response.text()]).toEqual([404, ""]);
    });
  });

  describe("functions by name", () => {
    test("an activity gets its input and gives its result", async () => {
      expect(await host.invoke("shout", "hey")).toBe("HEY");
    });

    test.each([
      ["nope", /no function "nope"/],
      ["echo", /started through its address/],
    ])("%s is refused", async (name, expected) => {
      await expect(host.invoke(name)).rejects.toThrow(expected);
    });
  });

  describe("violations", () => {
    test("a response that is no object", async () => {
      await get("api/text");
      expect(host.violations).toContainEqual(expect.objectContaining({ code: "http-response", functionName: "text" }));
    });

    test("a log call after the invocation has ended", async () => {
      await get("api/late");
      await expect
        .poll(() => host.violations)
        .toContainEqual(expect.objectContaining({ code: "log-after-end", functionName: "late" }));
    });
  });

  test("a second host in the process is refused", async () => {
    await expect(startTiny(connectionString)).rejects.toThrow(/already running in this process/);
  });
});

describe("starting and stopping", () => {
  afterEach(async () => {
    await host.stop().catch(() => {});
  });

  test("another app, in CommonJS and without route prefix, runs in the same process", async () => {
    host = await startHost({
      appDirectory: appDirectory("commonjs"),
      settings: { AzureWebJobsStorage: connectionString },
      log: () => {},
    });
    expect(await (await fetch(`${host.url}/hello/world`)).text()).toBe("Hello world");
  });

  test("the same app starts again with new settings; stopping runs appTerminate and restores the environment", async () => {
    host = await startTiny(connectionString, { settings: { GREETING: "again" } });
    expect([host.functions.length > 10, process.env.GREETING]).toEqual([true, "again"]);
    const { url } = host;
    await host.stop();
    expect(recorded("appTerminate")).toEqual([true]);
    expect(process.env.GREETING).toBeUndefined();
    await expect(fetch(`${url}/api/items`)).rejects.toThrow();
  });

  test("a missing setting fails the start and leaves nothing behind", async () => {
    const start = startHost({
      appDirectory: appDirectory("tiny"),
      settings: { AzureWebJobsStorage: connectionString, HUB: "TinyHub" },
      log: () => {},
    });
    await expect(start).rejects.toThrow(
      'Function "scanned", binding blobTrigger: "%DROP%/{name}" needs the app setting DROP',
    );
    host = await startTiny(connectionString);
    expect((await fetch(`${host.url}/api/items`)).status).toBe(200);
  });

  test("storage is asked for", async () => {
    const start = startHost({ appDirectory: appDirectory("commonjs"), settings: {}, log: () => {} });
    await expect(start).rejects.toThrow(/AzureWebJobsStorage.*not set/);
  });

  test("a strict host rejects idle and stop after a violation", async () => {
    host = await startTiny(connectionString, { strict: true });
    await host.idle();
    await fetch(`${host.url}/api/text`);
    await expect(host.idle()).rejects.toThrow(/Azure would punish:\n- http-response: /);
    await expect(host.stop()).rejects.toThrow(/http-response/);
    await expect(fetch(host.url)).rejects.toThrow();
  });
});
