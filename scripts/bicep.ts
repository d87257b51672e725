/**
 * Compiles and lints the Bicep templates with a real compiler, wherever one can be had, and says which: `bicep` on the
 * PATH, `az bicep`, or the compiler's NuGet package where the .NET SDK is present.
 *
 *     npm run bicep
 */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The templates that people deploy; what they call is compiled with them. */
export const TEMPLATES = ["infra/main.bicep", "infra/resources.bicep", "infra/event-subscription.bicep"] as const;

/** A compiler, and how its commands are spelled. */
export interface Bicep {
  /** Where it was found, with its version. */
  found: string;
  build(file: string): string[];
  lint(file: string): string[];
}

/** NuGet packages of the self-contained compiler, by platform and processor (https://www.nuget.org/packages?q=Azure.Bicep.CommandLine). */
const PACKAGES: Partial<Record<string, string>> = {
  "linux-x64": "Azure.Bicep.CommandLine.linux-x64",
  "darwin-x64": "Azure.Bicep.CommandLine.osx-x64",
  "win32-x64": "Azure.Bicep.CommandLine.win-x64",
};

/** Newest first; a private feed may hold only some. */
const VERSIONS = ["0.43.8", "0.37.4"] as const;

const RESTORE_TIMEOUT_MS = 60_000;

/** The first compiler that answers, or for each place why there is none. */
export function findBicep(): Bicep | { reasons: string[] } {
  const reasons: string[] = [];
  for (const look of [onPath, inAzureCli, fromNuGet]) {
    const found = look();
    if (typeof found !== "string") return found;
    reasons.push(found);
  }
  return { reasons };
}

function onPath(): Bicep | string {
  const version = output(["bicep", "--version"]);
  return version === undefined ? "bicep is not on the PATH" : direct("bicep", `bicep on the PATH: ${version}`);
}

function inAzureCli(): Bicep | string {
  if (output(["az", "version"]) === undefined) return "az is not on the PATH";
  const version = output(["az", "bicep", "version"]);
  if (version === undefined) return "az has no Bicep (az bicep install)";
  return {
    found: `az bicep: ${version}`,
    build: (file) => ["az", "bicep", "build", "--stdout", "--file", file],
    lint: (file) => ["az", "bicep", "lint", "--file", file],
  };
}

function fromNuGet(): Bicep | string {
  const id = PACKAGES[`${process.platform}-${process.arch}`];
  if (id === undefined) return `there is no NuGet package of the compiler for ${process.platform} on ${process.arch}`;
  const sdk = output(["dotnet", "--version"]);
  if (sdk === undefined) return "dotnet is not on the PATH";
  const locals = output(["dotnet", "nuget", "locals", "global-packages", "--list"]);
  const folder = locals?.replace(/^.*global-packages:\s*/s, "");
  if (folder === undefined) return "dotnet does not say where it keeps packages";
  for (const version of VERSIONS) {
    if (!restored(id, version, Number.parseInt(sdk, 10))) continue;
    const file = process.platform === "win32" ? "bicep.exe" : "bicep";
    const program = join(folder, id.toLowerCase(), version, "tools", file);
    if (!existsSync(program)) continue;
    if (process.platform !== "win32") chmodSync(program, 0o755);
    const answer = output([program, "--version"]);
    if (answer !== undefined) return direct(program, `NuGet package ${id}: ${answer}`);
  }
  return `NuGet offers no ${id} that runs here (tried ${VERSIONS.join(", ")})`;
}

/**
 * Downloads a package into NuGet's own folder; the project that asks for it is thrown away. It targets the framework of
 * the SDK itself, because any other would have to be downloaded too.
 */
function restored(id: string, version: string, framework: number): boolean {
  const folder = mkdtempSync(join(tmpdir(), "bicep-"));
  try {
    const project = `<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net${framework}.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageDownload Include="${id}" Version="[${version}]" /></ItemGroup>
</Project>`;
    writeFileSync(join(folder, "bicep.csproj"), project);
    return output(["dotnet", "restore", folder], RESTORE_TIMEOUT_MS) !== undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function direct(program: string, found: string): Bicep {
  return {
    found,
    build: (file) => [program, "build", "--stdout", file],
    lint: (file) => [program, "lint", file],
  };
}

/** For the compiler: no telemetry, and no need for the machine's ICU library. */
const ENVIRONMENT = { DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: "1", DOTNET_CLI_TELEMETRY_OPTOUT: "1" };

function run([program, ...args]: readonly string[], timeout?: number) {
  // On Windows az is a batch file, which only a shell starts.
  const shell = process.platform === "win32" && program === "az";
  const env = { ...process.env, ...ENVIRONMENT };
  const options = { encoding: "utf8", env, shell, maxBuffer: 64 * 1024 * 1024 } as const;
  return spawnSync(program ?? "", args, timeout === undefined ? options : { ...options, timeout });
}

/** What a command prints when it succeeds. */
function output(command: readonly string[], timeout?: number): string | undefined {
  const { status, stdout } = run(command, timeout);
  return status === 0 ? stdout.trim() : undefined;
}

/** Every diagnostic of the compiler and the linter for one template; empty: it is clean. */
export function diagnostics(bicep: Bicep, file: string): string[] {
  const told = [bicep.build(file), bicep.lint(file)].flatMap((command) => {
    const { status, stderr, stdout } = run(command);
    const lines = `${stderr}\n${command.includes("lint") ? stdout : ""}`.split("\n").map((line) => line.trim());
    const found = lines.filter((line) => /(?::| )\s*(?:Error|Warning|Info)\b/i.test(line));
    return found.length > 0 || status === 0 ? found : [`${command.join(" ")} ended with ${status}: ${stderr.trim()}`];
  });
  return [...new Set(told)];
}

function main(): void {
  const bicep = findBicep();
  if ("reasons" in bicep) {
    console.error(`No Bicep compiler:\n${bicep.reasons.map((reason) => `- ${reason}`).join("\n")}`);
    process.exitCode = 1;
    return;
  }
  console.log(`Compiler: ${bicep.found}`);
  for (const file of TEMPLATES) {
    const told = diagnostics(bicep, file);
    console.log(`${told.length === 0 ? "clean" : "FAULTY"}  ${file}`);
    for (const line of told) console.error(`  ${line}`);
    if (told.length > 0) process.exitCode = 1;
  }
}

if (import.meta.main) main();
