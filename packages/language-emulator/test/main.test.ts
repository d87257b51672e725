import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { runCommandFile } from "../../../test/dev/run-command.ts";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

it("runs alone until it is told to stop, and says where it is", async () => {
  const child = spawn(process.execPath, [main, "--port", "0", "--key", "mine"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout });
  const [ready] = (await once(lines, "line")) as [string];
  const [, url, key] = /^Language service at (\S+), key (\S+)$/.exec(ready) ?? [];
  expect(key).toBe("mine");
  expect((await fetch(`${url}/_emulator/stats`)).status).toBe(200);
  child.kill("SIGTERM");
  expect((await once(child, "exit"))[0]).toBe(0);
});

const file = (name: string): string => fileURLToPath(new URL(`../../../${name}`, import.meta.url));

it.each([
  [["--foo"], 2, "Unknown option '--foo'\n\nThe Language service, emulated"],
  [["--port", "x"], 2, "--port takes a number from 0 to 65535, not x."],
  [["--job-seconds", "3,1"], 2, "--job-seconds takes two numbers"],
  [["--training-seconds", "soon"], 2, "--training-seconds takes two numbers"],
  [["--certificate", "cert.pem"], 2, "--certificate and --certificate-key go together."],
  [["--data", main], 2, `--data takes a folder; ${main}: this is a file.`],
  [["--scenario", main], 2, `--scenario takes a JSON file; ${main}: Unexpected token`],
  [["--scenario", file("pipelines.json")], 1, 'Unrecognized key: "pipelines"'],
  [["--storage", "x"], 1, "storage is not a connection string"],
])("refuses %j in words", async (args, expected, message) => {
  const { code, errors } = await runCommandFile("../packages/language-emulator/src/main.ts", args);
  expect(code).toBe(expected);
  expect(errors).toContain(message);
  expect(errors).not.toContain("    at ");
});
