import { createHash } from "node:crypto";
import { glob, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import type { LogCategory, LogLevel, ProgrammingModel } from "./core-api.ts";
import { AppRegistrations, installCore } from "./core-shim.ts";
import { describe } from "./function-runner.ts";
import { StartError } from "./violations.ts";

const nativeImport = createRequire(import.meta.url)("./native-import.cjs") as (url: string) => Promise<unknown>;

/**
 * What the app itself threw while it was loaded or in an appStart hook. In Azure the worker's start fails then, and the
 * host goes on without functions.
 */
export class WorkerError extends Error {
  override readonly name = "WorkerError";
  /** The worker ended, and was started again until the host gave it up; after a hook it just has no functions. */
  readonly ended: boolean;

  constructor(message: string, ended: boolean, cause: unknown) {
    super(message, { cause });
    this.ended = ended;
  }
}

/** An app whose code is loaded and whose functions are registered. */
export interface LoadedApp {
  directory: string;
  registrations: AppRegistrations;
  model: ProgrammingModel;
}

interface LoadedBefore {
  registrations: AppRegistrations;
  fingerprint: string;
}

/** Kept on `globalThis` beside the core module: Node caches the app's modules for as long as the process lives. */
const key = Symbol.for("embedded-functions-host.apps");

function loadedApps(): Map<string, LoadedBefore> {
  const holder = globalThis as { [key]?: Map<string, LoadedBefore> };
  holder[key] ??= new Map();
  return holder[key];
}

const PackageJson = z.looseObject({ name: z.string().exactOptional(), main: z.string().default("index.js") });

/** The name in package.json, or undefined. */
export async function readPackageName(directory: string): Promise<string | undefined> {
  return (await readPackageJson(directory)).name;
}

async function readPackageJson(directory: string): Promise<z.infer<typeof PackageJson>> {
  const file = join(directory, "package.json");
  const text = await readFile(file, "utf8").catch(() => {
    throw new StartError(`${file} is missing; its "main" says which files register the functions.`);
  });
  const parsed = PackageJson.safeParse(JSON.parse(text));
  if (!parsed.success) throw new StartError(`${file}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/**
 * Loads a built function app into this process, in the order of the worker: install the core module, import every file
 * that `main` matches, run the appStart hooks, ask the library for its capabilities (which locks `app.setup`), lock the
 * registrations.
 *
 * Node keeps one copy of a module for the life of a process, so the code of an app runs once. A second start of the same
 * app gets the registrations of the first one; if the entry files have changed in between, it is refused.
 *
 * @param log takes what the library says while the app is loaded and while it runs.
 * @throws WorkerError for what the app throws, StartError when there is nothing to load or the app asks for what is not
 *   supported.
 */
export async function loadApp(
  directory: string,
  log: (level: LogLevel, category: LogCategory, message: string) => void,
): Promise<LoadedApp> {
  const core = installCore();
  const files = await entryFiles(directory);
  const print = await fingerprint(files);
  const before = loadedApps().get(directory);
  if (before !== undefined && before.fingerprint !== print) {
    throw new StartError(
      `${directory} has changed since this process loaded it; restart the process to run the new code.`,
    );
  }

  const registrations = before?.registrations ?? new AppRegistrations();
  core.target = {
    registrations,
    log: (level, category, message) => {
      const shown = registrations.runLogHooks(level, category, message);
      log(shown.level, category, shown.message);
    },
  };
  if (before === undefined) {
    for (const file of files) await importEntry(directory, file);
    loadedApps().set(directory, { registrations, fingerprint: print });
  }
  if (core.model === undefined || registrations.functions.size === 0) {
    throw new StartError(
      `${files.map((file) => relative(directory, file)).join(", ")} registered no function through @azure/functions.`,
    );
  }
  const hookContext = { hookData: {}, appHookData: registrations.appHookData, functionAppDirectory: directory };
  await registrations.runHooks("appStart", hookContext).catch((error: unknown) => {
    throw new WorkerError(`An appStart hook failed: ${describe(error)}`, false, error);
  });
  const capabilities = (await core.model.getCapabilities?.({})) ?? {};
  if (capabilities.HttpUri !== undefined) {
    throw new StartError("app.setup({ enableHttpStream: true }) is not supported by this host; leave it out locally.");
  }
  registrations.locked = true;
  return { directory, registrations, model: core.model };
}

async function entryFiles(directory: string): Promise<string[]> {
  const { main } = await readPackageJson(directory);
  const names: string[] = [];
  for await (const name of glob(main, { cwd: directory })) names.push(name);
  const files = names.filter((name) => /\.[cm]?js$/.test(name)).sort();
  if (files.length === 0) {
    throw new StartError(`No JavaScript file matches "main" of package.json, "${main}", in ${directory}; is it built?`);
  }
  return files.map((name) => join(directory, name));
}

async function fingerprint(files: string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files) hash.update(file).update(await readFile(file));
  return hash.digest("hex");
}

async function importEntry(directory: string, file: string): Promise<void> {
  try {
    await nativeImport(pathToFileURL(file).href);
  } catch (error) {
    throw new WorkerError(`${relative(directory, file)} could not be loaded: ${describe(error)}`, true, error);
  }
}
