import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ROOT } from "../infra/bicep-file.ts";

/** What the runner prints at its end, in its colours. */
const closing = (tests: string) =>
  `\\033[2m Test Files \\033[22m 1 passed (1)\\n\\033[2m      Tests \\033[22m ${tests}\\n`;

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ci-run-"));
  mkdirSync(join(folder, ".ci"));
  mkdirSync(join(folder, "bin"));
  cpSync(join(ROOT, ".ci/run"), join(folder, ".ci/run"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function stub(name: string, script: string): void {
  writeFileSync(join(folder, "bin", name), `#!/bin/sh\necho "${name} $*" >>"${folder}/calls"\n${script}\n`);
  chmodSync(join(folder, "bin", name), 0o755);
}

/** Runs it where only these programs are, and what a shell takes for granted. */
function run() {
  const plain = ["sh", "bash", "env", "dirname", "cat", "tee", "sed", "grep", "tail", "mktemp", "rm", "id"];
  for (const name of plain) {
    const path = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();
    writeFileSync(join(folder, "bin", name), `#!/bin/sh\nexec ${path} "$@"\n`);
    chmodSync(join(folder, "bin", name), 0o755);
  }
  const env = { PATH: join(folder, "bin"), HOME: folder };
  const bash = spawnSync("sh", ["-c", "command -v bash"], { encoding: "utf8" }).stdout.trim();
  const { status, stdout, stderr } = spawnSync(bash, [join(folder, ".ci/run")], { env, encoding: "utf8" });
  const calls = readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
  return { status, last: stdout.trim().split("\n").at(-1), calls, stderr };
}

describe.runIf(process.platform !== "win32")(".ci/run", () => {
  it("runs what the README says, with CI set, and ends with how many tests passed and failed", () => {
    stub("npm", `case "$1" in test) [ "$CI" = true ] && printf '${closing("41 passed | 2 skipped (43)")}' ;; esac`);
    stub("shellcheck", "");
    stub("chromium", "");
    stub("pwsh", "");
    const { status, last, calls } = run();
    expect({ status, last, calls }).toEqual({ status: 0, last: "41 passed, 0 failed", calls: ["npm ci", "npm test"] });
  });

  it("fails as the tests do, and says how many failed", () => {
    stub("npm", `case "$1" in test) printf '${closing("1 failed | 40 passed (41)")}'; exit 3 ;; esac`);
    stub("shellcheck", "");
    stub("chromium", "");
    stub("pwsh", "");
    expect(run()).toMatchObject({ status: 3, last: "40 passed, 1 failed" });
  });

  it("fails when the tests could not be run", () => {
    stub("npm", 'case "$1" in ci) exit 1 ;; esac');
    stub("shellcheck", "");
    stub("chromium", "");
    stub("pwsh", "");
    expect(run().status).toBe(1);
  });

  it("installs shellcheck, a browser and PowerShell first where they are missing", () => {
    stub("npm", `case "$1" in test) printf '${closing("1 passed (1)")}' ;; esac`);
    stub("sudo", '"$@"');
    stub("apt-get", "");
    stub("dotnet", "");
    const calls = run().calls.filter((call) => !call.startsWith("sudo "));
    expect(calls).toEqual([
      "apt-get update --quiet=2",
      "apt-get install --yes --no-install-recommends shellcheck chromium",
      expect.stringMatching(/^dotnet tool install PowerShell --version \d+\.\d+\.\d+ --tool-path \.local\/tools$/),
      "npm ci",
      "npm test",
    ]);
  });
});
