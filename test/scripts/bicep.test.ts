import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findCompiler, PINNED_VERSION } from "../../scripts/bicep/find-compiler.ts";
import { ROOT } from "../infra/bicep-file.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bicep-path-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function stub(path: string, script: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, path), 0o755);
}

/** A bicep that says its version and nothing else. */
const bicep = (version: string) => `echo "Bicep CLI version ${version} (0123456789)"`;

/** Looks where only the stubs are: no compiler of this machine answers. */
const find = () => findCompiler({ PATH: folder, AZURE_CONFIG_DIR: join(folder, "azure") });

/** A dotnet whose feed holds these versions, each a compiler that says its version. */
function stubDotnet(versions: readonly string[], { canSearch = true } = {}): void {
  const packages = versions.map((version) => ({ id: "azure.bicep.commandline", version }));
  const answer = JSON.stringify({ version: 2, searchResult: [{ sourceName: "feed", packages }] });
  stub(
    "dotnet",
    `case "$1" in
  nuget) echo "global-packages: ${folder}/packages/" ;;
  package) ${canSearch ? `echo '${answer}'` : "exit 1"} ;;
  --version) echo 10.0.100 ;;
  restore)
    version=$(/bin/sed -n 's/.*Version="\\[\\(.*\\)\\]".*/\\1/p' "$2/bicep.csproj")
    id=$(/bin/sed -n 's/.*PackageDownload Include="\\([^"]*\\)".*/\\1/p' "$2/bicep.csproj" | /usr/bin/tr A-Z a-z)
    case " ${versions.join(" ")} " in *" $version "*) ;; *) exit 1 ;; esac
    /bin/mkdir -p "${folder}/packages/$id/$version/tools"
    printf '#!/bin/sh\\necho "Bicep CLI version %s"\\n' "$version" > "${folder}/packages/$id/$version/tools/bicep" ;;
esac`,
  );
}

const posixWithPackage = process.platform === "linux" && process.arch === "x64";

describe.runIf(process.platform !== "win32")("the compiler", () => {
  it("is the one on the PATH, where there is one", async () => {
    stub("bicep", bicep("0.50.1"));
    stub("azure/bin/bicep", bicep("0.51.0"));
    expect(await find()).toMatchObject({ program: "bicep", version: "0.50.1", from: "bicep on the PATH" });
  });

  it("is the one of the Azure CLI, where there is no other", async () => {
    stub("azure/bin/bicep", bicep("0.51.0"));
    expect(await find()).toMatchObject({ version: "0.51.0", from: expect.stringContaining("Azure CLI") });
  });

  it("is not one that is older than the templates were ever compiled with", async () => {
    stub("bicep", bicep("0.9.1"));
    stub("azure/bin/bicep", bicep("0.100.0"));
    expect(await find()).toMatchObject({ version: "0.100.0" });
    rmSync(join(folder, "azure"), { recursive: true });
    expect(await find()).toMatchObject({
      reasons: expect.arrayContaining([expect.stringMatching(/0\.9\.1, older than/)]),
    });
  });

  it("is nowhere: each place says why", async () => {
    stub("dotnet", "exit 1");
    const found = await find();
    expect("reasons" in found ? found.reasons : found).toEqual([
      "there is no bicep on the PATH",
      "there is no bicep of the Azure CLI (az bicep install)",
      expect.stringMatching(/dotnet|NuGet/),
    ]);
  });
});

describe.runIf(posixWithPackage)("the compiler from NuGet", () => {
  it("comes first in CI, whatever the runner brings", async () => {
    stub("bicep", bicep("0.99.0"));
    stubDotnet(["0.99.0", PINNED_VERSION]);
    expect(await findCompiler({ PATH: folder, CI: "true" })).toMatchObject({ version: PINNED_VERSION });
  });

  it("is the pinned one, where the feed has it", async () => {
    stubDotnet(["0.47.16", PINNED_VERSION, "0.99.0"]);
    expect(await find()).toMatchObject({ version: PINNED_VERSION, from: expect.stringContaining("NuGet") });
  });

  it("is else the newest that the feed tells of", async () => {
    stubDotnet(["0.47.16", "0.101.0", "0.99.0"]);
    expect(await find()).toMatchObject({ version: "0.101.0" });
  });

  it("is asked for by its pinned version where the SDK is too old to ask the feed", async () => {
    stubDotnet([PINNED_VERSION], { canSearch: false });
    expect(await find()).toMatchObject({ version: PINNED_VERSION });
  });

  it("is none where the feed has none", async () => {
    stubDotnet([]);
    expect(await find()).toMatchObject({ reasons: expect.arrayContaining([expect.stringContaining("tried none")]) });
  });
});

// Outside of any test: the first time it may have to be downloaded.
const found = await findCompiler();
const reason = "reasons" in found ? `no Bicep compiler here: ${found.reasons.join("; ")}` : undefined;
if (reason !== undefined && process.env.CI) throw new Error(reason);

describe("npm run bicep", { timeout: 90_000 }, () => {
  const run = (...files: string[]) =>
    spawnSync(process.execPath, ["scripts/bicep.ts", ...files], { cwd: ROOT, encoding: "utf8" });

  it("counts a warning, an error and a wrong format as faults, and names the place of each", ({ skip }) => {
    if (reason !== undefined) skip(reason);
    writeFileSync(join(folder, "warns.bicep"), "param unused string\n");
    writeFileSync(join(folder, "fails.bicep"), "output x string = 1\n");
    writeFileSync(join(folder, "ragged.bicep"), "output   x string = 'a'\n");
    const { status, stdout, stderr } = run(
      ...["warns", "fails", "ragged"].map((name) => join(folder, `${name}.bicep`)),
    );
    expect(status).toBe(1);
    expect(stdout.match(/FAULTY/g)).toHaveLength(3);
    expect(stderr).toMatch(/warns\.bicep\(1,7\): Warning no-unused-params/);
    expect(stderr).toMatch(/fails\.bicep\(1,19\): Error BCP/);
    expect(stderr).toMatch(/ragged\.bicep: bicep format would change it/);
  });

  it("says which compiler it was, and which files are clean", ({ skip }) => {
    if (reason !== undefined) skip(reason);
    writeFileSync(join(folder, "clean.bicep"), "output x string = 'a'\n");
    const { status, stdout } = run(join(folder, "clean.bicep"));
    expect(stdout).toMatch(/Compiler: .+, \d+\.\d+\.\d+\nclean {2}.*clean\.bicep/);
    expect(status).toBe(0);
  });
});
