import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { runCommandFile } from "./run-command.ts";

const here = fileURLToPath(import.meta.url);

describe("npm run demo", () => {
  it("answers a wrong option with what is wrong and the usage", async () => {
    const { code, output, errors } = await runCommandFile("demo.ts", ["--document", "x"]);
    expect({ code, output }).toEqual({ code: 2, output: "" });
    expect(errors).toMatch(/^Unknown option '--document'\n\nnpm run demo/);
    expect(errors).not.toContain("    at ");
  });

  it("prints its usage when asked", async () => {
    const { code, output, errors } = await runCommandFile("demo.ts", ["--help"]);
    expect({ code, errors }).toEqual({ code: 0, errors: "" });
    expect(output).toContain("--pipelines FILE");
  });

  it("says why there are no documents", async () => {
    const run = await runCommandFile("demo.ts", ["--documents", here]);
    expect(run).toEqual({ code: 2, output: "", errors: `--documents takes a folder; ${here}: not a directory.\n` });
  });

  it("says once that the pipelines cannot be read", async () => {
    const { code, errors } = await runCommandFile("demo.ts", ["--pipelines", "/there/is/none.json"]);
    expect(code).toBe(1);
    expect(errors.match(/PIPELINES_FILE: found \/there\/is\/none\.json, which cannot be read/g)).toHaveLength(1);
    expect(errors).not.toContain("    at ");
  });
});
