import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommandFile } from "./run-command.ts";

const here = fileURLToPath(import.meta.url);
let temporary: string;

beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), "local-test-"));
});
afterAll(() => rm(temporary, { recursive: true }));

describe("npm run local", () => {
  it.each([
    [["--port", "70000"], 2, "--port takes a number from 0 to 65535, not 70000.\n"],
    [["--data", here], 2, `--data takes a folder; ${here}: this is a file.\n`],
    [["--pipelines", "/there/is/none.json"], 1, "PIPELINES_FILE: found /there/is/none.json"],
  ])("refuses %j in words and leaves nothing behind", async (args, expected, message) => {
    const run = await runCommandFile("local.ts", ["--quiet", "--port", "0", ...args], { TMPDIR: temporary });
    expect(run.code).toBe(expected);
    expect(run.errors).toContain(message);
    expect(run.errors).not.toContain("    at ");
    expect(await readdir(temporary)).toEqual([]);
  });
});
