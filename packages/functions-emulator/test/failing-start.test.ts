import { createServer, request as forward } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { VirtualClock } from "../src/clock.ts";
import type { LogEntry } from "../src/log.ts";
import { type Host, startHost } from "../src/start-host.ts";
import { appDirectory, freshAccount, startTiny } from "./tiny-app.ts";

let host: Host | undefined;
let lines: LogEntry[] = [];
afterEach(async () => {
  await host?.stop();
  host = undefined;
  lines = [];
});

const start = (app: string, strict = false) =>
  startHost({
    appDirectory: appDirectory(app),
    settings: { AzureWebJobsStorage: freshAccount() },
    log: (entry) => lines.push(entry),
    strict,
  });
const told = (level: string) => lines.filter((entry) => entry.level === level).map(({ message }) => message);

describe("a worker that does not start leaves the host running without functions, as in Azure", () => {
  test("after a start hook that throws: 404 on every route, and no error in the log", async () => {
    host = await start("hook-throws");
    expect(host.functions).toEqual([]);
    for (const path of ["api/hello", "api/health"]) expect((await fetch(`${host.url}/${path}`)).status).toBe(404);
    expect(await (await fetch(`${host.url}/admin/host/status`)).json()).toMatchObject({ state: "Running" });
    expect(told("error")).toEqual([]);
    expect(told("information")).toContain("0 functions loaded");
    expect(host.violations).toMatchObject([
      { code: "worker-failed", message: expect.stringMatching(/appStart.*403 AuthorizationPermissionMismatch/s) },
    ]);
  });

  test("after an entry file that throws: its first line is an error, the others are not, and the worker is given up", async () => {
    host = await start("import-throws");
    expect((await fetch(`${host.url}/api/hello`)).status).toBe(404);
    expect(told("error")).toEqual([
      expect.stringMatching(/index\.js.*3 settings are wrong:$/),
      "Exceeded language worker restart retry count for runtime:node.",
    ]);
    expect(told("information")).toEqual(
      expect.arrayContaining(["- LANGUAGE_ENDPOINT: not set", "- LANGUAGE_KEY: not set", "0 functions loaded"]),
    );
    expect(host.violations).toMatchObject([{ code: "worker-failed" }]);
  });

  test.each(["hook-throws", "import-throws"])("a strict host refuses %s, with what was thrown", async (app) => {
    await expect(start(app, true)).rejects.toThrow(/worker-failed: .*(403|3 settings)/s);
  });
});

test("a timer whose schedule storage does not give starts when it does, and the host runs meanwhile", async () => {
  const account = freshAccount();
  const blobs = new URL(/BlobEndpoint=([^;]+)/.exec(account)?.[1] ?? "");
  let refuses = true;
  const guard = createServer((request, response) => {
    if (refuses) return response.writeHead(403, { "x-ms-error-code": "AuthorizationFailure" }).end();
    const { url, method, headers } = request;
    const onward = forward({ hostname: blobs.hostname, port: blobs.port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    return request.pipe(onward);
  });
  await new Promise<void>((resolve) => guard.listen(0, "127.0.0.1", resolve));
  const guarded = `http://127.0.0.1:${(guard.address() as AddressInfo).port}`;

  const clock = new VirtualClock();
  const started = await startTiny(account.replace(blobs.origin, guarded), { clock });
  host = started;
  expect((await fetch(`${host.url}/api/items/42`)).status).toBe(200);
  const failures = () => started.lines.filter(({ message }) => message.startsWith("The listener for function"));
  await expect
    .poll(failures, { timeout: 20_000 })
    .toContainEqual(expect.objectContaining({ level: "error", functionName: "hourly" }));
  expect(clock.nextDueTime).toBeUndefined();
  refuses = false;
  await expect.poll(() => clock.nextDueTime, { timeout: 20_000 }).toBeDefined();
  guard.close();
  guard.closeAllConnections();
});
