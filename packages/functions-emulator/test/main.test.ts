import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { appDirectory, freshAccount } from "./tiny-app.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const run = (...args: string[]) => spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "pipe", "pipe"] });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "emulator-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("any built app can be started alone, with settings of a file and of the command line, and ends on a signal", async () => {
  const settings = join(folder, "settings.json");
  await writeFile(settings, JSON.stringify({ IsEncrypted: false, Values: { HUB: "Alone", DROP: "other" } }));
  const storage = ["--storage", freshAccount()];
  const child = run(
    appDirectory("tiny"),
    "--port",
    "0",
    ...storage,
    "--settings",
    settings,
    "--set",
    "DROP=drop",
    "--quiet",
  );
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  expect(line).toMatch(/^ready http:\/\/localhost:\d+$/);
  expect(await (await fetch(`${line.slice(6)}/api/items/42`)).text()).toBe('{"id":"42"}');
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
});

test.each([
  [["/there/is/none"], 2, /\/there\/is\/none has no host\.json/],
  [[appDirectory("tiny"), "--port", "many"], 2, /number from 0 to 65535/],
  [[appDirectory("tiny"), "--set", "lonely"], 2, /It takes NAME=VALUE/],
  [[appDirectory("tiny"), "--settings", "/there/is/none.json"], 2, /none\.json is no settings file/],
  [[appDirectory("tiny"), "--port", "0"], 1, /AzureWebJobsStorage.*which is not set/],
])("%j is refused with code %d, in words", async (args, code, expected) => {
  const child = run(...args);
  const [errors, [ended]] = await Promise.all([text(child.stderr), once(child, "exit")]);
  expect([ended, errors]).toEqual([code, expect.stringMatching(expected)]);
  expect(errors).not.toMatch(/^ {4}at /m);
});
