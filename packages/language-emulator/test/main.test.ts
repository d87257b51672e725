import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { projectsFolder } from "./own-projects.ts";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

function start(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "pipe"] });
}

/** Runs the command to its end. */
async function refusal(args: readonly string[]): Promise<{ code: number | null; errors: string }> {
  const child = start(args);
  let errors = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk) => {
    errors += chunk;
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, errors };
}

it("runs alone until it is told to stop, and says where it is and what it serves", async () => {
  const child = start(["--port", "0", "--key", "mine", "--key", "yours", "--projects", projectsFolder()]);
  const lines = createInterface({ input: child.stdout ?? process.stdin })[Symbol.asyncIterator]();
  const ready = String((await lines.next()).value);
  const [, url, key] = /^Language service at (\S+), key (\S+)$/.exec(ready) ?? [];
  expect(key).toBe("mine");
  expect((await lines.next()).value).toMatch(/^ {2}CustomMultiLabelClassification contracts: production; .+_latest$/);
  expect((await fetch(`${url}/_emulator/stats`)).status).toBe(200);
  const headers = { "Ocp-Apim-Subscription-Key": "yours" };
  expect((await fetch(`${url}/nowhere`, { headers })).status).toBe(404);
  child.kill("SIGTERM");
  expect((await once(child, "exit"))[0]).toBe(0);
});

it("says what it can do", async () => {
  const child = start(["--help"]);
  const text: string[] = [];
  for await (const line of createInterface({ input: child.stdout ?? process.stdin })) text.push(line);
  for (const option of ["--port", "--storage", "--scenario", "--rate-limits"])
    expect(text.join("\n")).toContain(option);
});

it.each([
  [["--foo"], 2, "unknown option '--foo'\n\nUsage: language-emulator"],
  [["--port", "x"], 2, "argument 'x' is invalid. It takes a number from 0 to 65535."],
  [["--port"], 2, "option '--port <number>' argument missing"],
  [["surplus"], 2, "too many arguments"],
  [["--task-state", "tea"], 2, "Allowed choices are status, state, neither."],
  [["--job-seconds", "3,1"], 2, "It takes two numbers"],
  [["--training-seconds", "soon"], 2, "It takes two numbers"],
  [["--certificate", main], 2, "--certificate and --certificate-key go together."],
  [["--certificate", "/nowhere/cert.pem"], 2, "It takes a file that can be read; /nowhere/cert.pem: ENOENT"],
  [["--projects", "/nowhere"], 2, "It takes a folder; /nowhere: ENOENT"],
  [["--data", main], 2, `It takes a folder; ${main}: EEXIST`],
  [["--scenario", main], 2, `It takes a JSON file; ${main}: Unexpected token`],
  [["--storage", "x"], 1, "storage is not a connection string"],
])("refuses %j in words", async (args, expected, message) => {
  const { code, errors } = await refusal(args);
  expect(code).toBe(expected);
  expect(errors).toContain(message);
  expect(errors).not.toContain("    at ");
});

it("refuses a scenario that it does not understand, and names the place", async () => {
  const file = join(projectsFolder(), "scenario.json");
  writeFileSync(file, JSON.stringify({ pipelines: [] }));
  const { code, errors } = await refusal(["--scenario", file]);
  expect([code, errors]).toEqual([1, expect.stringContaining('Unrecognized key: "pipelines"')]);
});
