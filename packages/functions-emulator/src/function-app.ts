import { AppSettings, applyEnvironment } from "./app-settings.ts";
import type { LogCategory, LogLevel } from "./core-api.ts";
import { AppRegistrations, installCore } from "./core-shim.ts";
import { catalogFunctions } from "./function-catalog.ts";
import type { HostFunction } from "./host-function.ts";
import { type HostSettings, readHostJson } from "./host-json.ts";
import { type LoadedApp, loadApp, readPackageName, WorkerError } from "./loader.ts";
import type { HostViolation } from "./violations.ts";

/** An app that is loaded, with its functions checked and its configuration read. */
export interface FunctionApp {
  loaded: LoadedApp;
  functions: HostFunction[];
  hostJson: HostSettings;
  hostId: string;
  /** The connection string of `AzureWebJobsStorage`. */
  hostStorage: string;
}

export interface FunctionAppOptions {
  directory: string;
  settings: Record<string, string>;
  /** Host name and port under which the app is reached. */
  authority: string;
  log: (level: LogLevel, category: LogCategory, message: string) => void;
  report: (violation: HostViolation) => void;
  /** Takes what is to be done when the host ends, in the order in which it became necessary. */
  onClose: (step: () => unknown) => void;
}

/**
 * A worker that ends is told by its output, line by line, of which only the first is an error, and is started three times
 * more; of a hook that fails the host's log says nothing. Here it is a violation too.
 */
function tellFailure({ message, ended }: WorkerError, { log, report }: FunctionAppOptions): void {
  const [first = "", ...others] = message.split(/\r?\n/);
  if (ended) {
    log("error", "system", first);
    for (const line of others) log("information", "system", line);
    log("error", "system", "Exceeded language worker restart retry count for runtime:node.");
  }
  const fate = "Azure goes on with no functions, and answers 404 to everything";
  report({ code: "worker-failed", message: `${message.replaceAll(/\s*\n\s*/g, " ")} ${fate}.` });
}

function withoutFunctions(directory: string): LoadedApp {
  const getInvocationModel = (): never => {
    throw new WorkerError("The app did not start.", false, undefined);
  };
  return {
    directory,
    registrations: new AppRegistrations(),
    model: { name: "none", version: "0", getInvocationModel },
  };
}

/** Gives an app its environment and loads it. @throws StartError for what would not run. */
export async function openFunctionApp(options: FunctionAppOptions): Promise<FunctionApp> {
  const { directory, authority, log, report, onClose } = options;
  const environment = {
    AZURE_FUNCTIONS_ENVIRONMENT: "Development",
    FUNCTIONS_WORKER_RUNTIME: "node",
    ...options.settings,
    WEBSITE_HOSTNAME: authority, // without it the durable client believes in port 7071
  };
  onClose(applyEnvironment(environment));
  const settings = new AppSettings(environment);
  const hostStorage = settings.connectionString(undefined, "host");
  const hostJson = await readHostJson(directory, settings);
  const hostId = settings.get("AzureFunctionsWebHost__hostId") ?? toHostId(await readPackageName(directory));

  onClose(() => {
    installCore().target = undefined;
  });
  const common = { hostJson, hostId, hostStorage };
  const loaded = await loadApp(directory, log).catch((error: unknown) => {
    if (!(error instanceof WorkerError)) throw error;
    tellFailure(error, options);
    return undefined;
  });
  if (loaded === undefined) return { loaded: withoutFunctions(directory), functions: [], ...common };
  const { registrations } = loaded;
  onClose(() => registrations.runHooks("appTerminate", { hookData: {}, appHookData: registrations.appHookData }));
  return { loaded, functions: catalogFunctions(registrations, settings, report), ...common };
}

/**
 * The host's id, under which it keeps its queue and receipts, made of the app's package name so that it is the same on
 * the next start: up to 32 lower-case letters, digits and single hyphens, as storage names allow them.
 */
export function toHostId(packageName: string | undefined): string {
  const id = (packageName ?? "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-/, "")
    .slice(0, 32)
    .replace(/-$/, "");
  return id === "" ? "host" : id;
}
