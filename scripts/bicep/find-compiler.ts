import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";

/** A Bicep compiler that runs here. */
export interface FoundCompiler {
  program: string;
  version: string;
  /** Where it came from, for a reader. */
  from: string;
}

/** The version that the committed predictions were made with: the one that is asked for first. */
export const PINNED_VERSION = "0.49.2";

/** The oldest version that these templates were compiled with, and whose predictions were compared. */
const OLDEST_VERSION = "0.47.16";

/** NuGet packages of the self-contained compiler, by platform and processor (https://www.nuget.org/packages?q=Azure.Bicep.CommandLine). */
const PACKAGES: Partial<Record<string, string>> = {
  "linux-x64": "Azure.Bicep.CommandLine.linux-x64",
  "darwin-x64": "Azure.Bicep.CommandLine.osx-x64",
  "win32-x64": "Azure.Bicep.CommandLine.win-x64",
};

const PROGRAM = process.platform === "win32" ? "bicep.exe" : "bicep";
const RESTORE_TIMEOUT_MS = 120_000;
const MOST_PACKAGES_TRIED = 4;

/**
 * For the compiler and for dotnet: no telemetry, no need for the machine's ICU library, and no measuring of code for the
 * sake of hours to come, which costs a third of a life of seconds
 * (https://learn.microsoft.com/dotnet/core/runtime-config/compilation, …/garbage-collector).
 */
export const COMPILER_ENVIRONMENT = {
  DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: "1",
  DOTNET_CLI_TELEMETRY_OPTOUT: "1",
  DOTNET_NOLOGO: "1",
  DOTNET_TieredPGO: "0",
  DOTNET_gcConcurrent: "0",
};

/** Newest first. */
const newestFirst = (one: string, other: string) => other.localeCompare(one, "en", { numeric: true });

/**
 * The first compiler that answers and is not too old, or for each place why there is none. In CI the pinned one comes
 * first, whatever the runner brings.
 */
export async function findCompiler(
  environment: NodeJS.ProcessEnv = process.env,
): Promise<FoundCompiler | { reasons: string[] }> {
  const machine = new Machine({ ...environment, ...COMPILER_ENVIRONMENT });
  const reasons: string[] = [];
  const places = environment.CI ? [fromNuGet, onPath, ofAzureCli] : [onPath, ofAzureCli, fromNuGet];
  for (const look of places) {
    const found = await look(machine);
    if (typeof found !== "string") return found;
    reasons.push(found);
  }
  return { reasons };
}

function onPath(machine: Machine): Promise<FoundCompiler | string> {
  return machine.asCompiler(PROGRAM, "bicep on the PATH");
}

/** `az bicep install` puts it into the folder of the Azure CLI, which need not be on the PATH. */
function ofAzureCli(machine: Machine): Promise<FoundCompiler | string> {
  const { AZURE_CONFIG_DIR = join(homedir(), ".azure") } = machine.environment;
  return machine.asCompiler(join(AZURE_CONFIG_DIR, "bin", PROGRAM), "bicep of the Azure CLI (az bicep install)");
}

async function fromNuGet(machine: Machine): Promise<FoundCompiler | string> {
  const id = PACKAGES[`${process.platform}-${process.arch}`];
  if (id === undefined) return `there is no NuGet package of the compiler for ${process.platform} on ${process.arch}`;
  const locals = await machine.output("dotnet", ["nuget", "locals", "global-packages", "--list"]);
  const folder = locals && /global-packages:\s*(\S.*)/.exec(locals)?.[1];
  if (!folder) return "dotnet is not on the PATH, or does not say where it keeps packages";
  const programOf = (version: string) => join(folder.trim(), id.toLowerCase(), version, "tools", PROGRAM);
  const compilerOf = (version: string) => machine.asCompiler(programOf(version), `NuGet package ${id}`);

  const kept = await compilerOf(PINNED_VERSION);
  if (typeof kept !== "string") return kept;
  const tried = (await versionsOffered(machine, id)).slice(0, MOST_PACKAGES_TRIED);
  for (const version of tried) {
    if (!(await restored(machine, id, version))) continue;
    const found = await compilerOf(version);
    if (typeof found !== "string") return found;
  }
  return `NuGet offers no ${id} that runs here (tried ${tried.join(", ") || "none"})`;
}

const searchAnswer = z.object({
  searchResult: z.array(z.object({ packages: z.array(z.object({ version: z.string() })).default([]) })),
});

/** Versions that the configured feeds hold: the pinned one first, then the newest. An SDK too old to ask gets the pinned one. */
async function versionsOffered(machine: Machine, id: string): Promise<string[]> {
  const search = ["package", "search", id, "--exact-match", "--format", "json"];
  const told = await machine.output("dotnet", search, RESTORE_TIMEOUT_MS);
  const answer = searchAnswer.safeParse(told === undefined ? undefined : jsonIn(told));
  if (!answer.success) return [PINNED_VERSION];
  const versions = answer.data.searchResult.flatMap(({ packages }) => packages.map(({ version }) => version));
  const others = [...new Set(versions)].filter((version) => version !== PINNED_VERSION).sort(newestFirst);
  return versions.includes(PINNED_VERSION) ? [PINNED_VERSION, ...others] : others;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text.slice(Math.max(0, text.indexOf("{"))));
  } catch {
    return undefined;
  }
}

/**
 * Downloads a package into NuGet's own folder; the project that asks for it is thrown away. It targets the framework of
 * the SDK itself, because any other would have to be downloaded too.
 */
async function restored(machine: Machine, id: string, version: string): Promise<boolean> {
  const sdk = await machine.output("dotnet", ["--version"]);
  const folder = await mkdtemp(join(tmpdir(), "bicep-"));
  try {
    const project = `<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net${Number.parseInt(sdk ?? "", 10)}.0</TargetFramework></PropertyGroup>
  <ItemGroup><PackageDownload Include="${id}" Version="[${version}]" /></ItemGroup>
</Project>`;
    await writeFile(join(folder, "bicep.csproj"), project);
    return (await machine.output("dotnet", ["restore", folder], RESTORE_TIMEOUT_MS)) !== undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The programs of this machine, as an environment finds them. */
class Machine {
  readonly environment: NodeJS.ProcessEnv;

  constructor(environment: NodeJS.ProcessEnv) {
    this.environment = environment;
  }

  /** The program as a compiler, or why it is none. */
  async asCompiler(program: string, from: string): Promise<FoundCompiler | string> {
    // A NuGet package does not carry the right to run its files.
    if (program !== PROGRAM) await chmod(program, 0o755).catch(() => undefined);
    const version = /\d+\.\d+\.\d+/.exec((await this.output(program, ["--version"])) ?? "")?.[0];
    if (version === undefined) return `there is no ${from}`;
    if (newestFirst(version, OLDEST_VERSION) > 0) {
      return `${from} is ${version}, older than ${OLDEST_VERSION} (az bicep upgrade)`;
    }
    return { program, version, from };
  }

  /** What a command prints when it succeeds. */
  async output(program: string, args: readonly string[], timeout = 30_000): Promise<string | undefined> {
    const options = { env: this.environment, timeout, maxBuffer: 16 * 1024 * 1024 };
    return await promisify(execFile)(program, args, options).then(
      ({ stdout }) => stdout.trim(),
      () => undefined,
    );
  }
}
