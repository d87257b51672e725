import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ROOT } from "../infra/bicep-file.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bicep-path-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function stub(name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}

/** Runs the script where only the given programs are on the PATH: an az of this machine must not answer. */
function run() {
  const env = { ...process.env, PATH: folder };
  const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/bicep.ts"], {
    cwd: ROOT,
    env,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

describe.runIf(process.platform !== "win32")("npm run bicep", () => {
  it("takes bicep from the PATH and says which version compiled", () => {
    stub("bicep", 'case "$1" in --version) echo "Bicep CLI version 0.43.8" ;; esac');
    const { status, stdout } = run();
    expect(status).toBe(0);
    expect(stdout).toContain("Compiler: bicep on the PATH: Bicep CLI version 0.43.8");
    expect(stdout).toContain("clean  infra/main.bicep");
  });

  it("takes the one of az where there is no other", () => {
    stub("az", 'case "$1 $2" in "version ") echo {} ;; "bicep version") echo "Bicep CLI version 0.43.8" ;; esac');
    const { status, stdout } = run();
    expect(status).toBe(0);
    expect(stdout).toContain("Compiler: az bicep: Bicep CLI version 0.43.8");
  });

  it("counts a warning as a fault", () => {
    stub(
      "bicep",
      'case "$1" in --version) echo 1 ;; lint) echo "main.bicep(1,7) : Warning no-unused-params: unused" >&2 ;; esac',
    );
    const { status, stdout, stderr } = run();
    expect(status).toBe(1);
    expect(stdout).toContain("FAULTY  infra/main.bicep");
    expect(stderr).toContain("Warning no-unused-params");
  });

  it("counts a compiler that fails without a word as a fault", () => {
    stub("bicep", 'case "$1" in --version) echo 1 ;; build) exit 3 ;; esac');
    const { status, stderr } = run();
    expect(status).toBe(1);
    expect(stderr).toContain("ended with 3");
  });

  it("says for each place why there is no compiler", () => {
    stub("dotnet", "exit 1");
    const { status, stderr } = run();
    expect(status).toBe(1);
    expect(stderr).toMatch(/bicep is not on the PATH\n- az is not on the PATH\n- .*(?:dotnet|NuGet)/);
  });
});
