import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const main = fileURLToPath(new URL("../../../local/language/main.ts", import.meta.url));

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

it.each([
  [["--port", "x"], "--port takes a number from 0 to 65535, not x."],
  [["--job-seconds", "3,1"], "--job-seconds takes two numbers"],
  [["--training-seconds", "soon"], "--training-seconds takes two numbers"],
  [["--certificate", "cert.pem"], "--certificate and --certificate-key go together."],
  [["--storage", "x"], "storage is not a connection string"],
  [["--scenario", fileURLToPath(new URL("../../../pipelines.json", import.meta.url))], 'Unrecognized key: "pipelines"'],
])("refuses %j in words", async (args, message) => {
  const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "ignore", "pipe"] });
  let output = "";
  child.stderr.setEncoding("utf8").on("data", (chunk) => {
    output += chunk;
  });
  expect((await once(child, "close"))[0]).toBe(1);
  expect(output).toContain(message);
  expect(output).not.toContain("    at ");
});
