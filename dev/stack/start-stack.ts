import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { startAzurite } from "azurite-process";
import { type Host, type HostOptions, startHost } from "functions-emulator";
import type { DurableStore } from "functions-emulator/durable-store";
import { EventGridNotifier } from "functions-emulator/event-grid";
import type { LogSink } from "functions-emulator/log";
import type { TelemetrySink } from "functions-emulator/telemetry";
import { startLanguageService } from "language-emulator";
import { z } from "zod";

/** The repository: where `package.json` is. */
export const APP_DIRECTORY = resolve(fileURLToPath(new URL("../..", import.meta.url)));

/** Documents, and the labelled projects that the emulator of the Language service is given. */
export const SAMPLES = join(APP_DIRECTORY, "samples");

export interface StackOptions {
  /** Of the functions; 0 or absent: any free one. */
  port?: number;
  /** Where all state is kept, to go on from there another time. Absent: in memory. */
  directory?: string;
  /** A Language endpoint in place of the emulator. */
  language?: { endpoint: string; key: string | undefined };
  /** In place of the samples' own, whose projects the emulator knows. */
  pipelines?: string;
  /** Connection string of a storage account in place of Azurite. */
  storage?: string;
  /** Tell the functions of documents as Event Grid does in Azure, not by scanning; also doubled or late, for tests. */
  eventGrid?: { deliveries?: () => number[] };
  /** Further app settings. */
  settings?: Record<string, string>;
  /** Takes what Azure would send to Application Insights. */
  telemetry?: TelemetrySink;
  /** Where orchestrations live, in place of memory or `directory`. */
  durableStore?: DurableStore;
  /** Where the host's log goes. Default: nowhere. */
  log?: LogSink;
  /** How the host runs, for measurements: virtual time, a store that counts. */
  host?: Pick<HostOptions, "clock" | "durable" | "durableStore">;
}

export interface Stack {
  /** Base address of the functions. */
  functions: string;
  /** Connection string. */
  storage: string;
  /** Language endpoint. */
  language: string;
  host: Host;
  stop(): Promise<void>;
}

/** Starts storage, Language service and the built app on one machine. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    const { directory } = options;
    if (directory !== undefined) await mkdir(directory, { recursive: true });
    const storage = options.storage ?? (await startStorage(directory, stops));
    const language = options.language ?? (await startLanguage(directory, storage, stops));
    const host = await startHost({
      appDirectory: APP_DIRECTORY,
      port: options.port ?? 0,
      ...(directory === undefined ? {} : { dataDirectory: join(directory, "functions") }),
      scanIntervalSeconds: 0.5,
      settings: {
        AzureWebJobsStorage: storage,
        AZURE_FUNCTIONS_ENVIRONMENT: options.eventGrid === undefined ? "Development" : "Production",
        LANGUAGE_ENDPOINT: language.endpoint,
        ...(language.key === undefined ? {} : { LANGUAGE_KEY: language.key }),
        AUTHORING: "true",
        PIPELINES_FILE: resolve(options.pipelines ?? join(SAMPLES, "pipelines.json")),
        ...options.settings,
      },
      log: options.log ?? (() => {}),
      ...(options.telemetry === undefined ? {} : { telemetry: options.telemetry }),
      ...(options.durableStore === undefined ? {} : { durableStore: options.durableStore }),
      ...options.host,
    });
    stops.push(() => host.stop());
    await refuseWrongSettings(host);
    if (options.eventGrid !== undefined) await playEventGrid(options.eventGrid, storage, host, stops);
    return { functions: host.url, storage, language: language.endpoint, host, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The app starts whatever its settings are, and has told in one line what is wrong with them; here that is the end of it. */
async function refuseWrongSettings(host: Host): Promise<void> {
  const failed = host.violations.find(({ code }) => code === "worker-failed");
  if (failed !== undefined) throw new Error(failed.message);
  const health = healthSchema.parse(await (await fetch(`${host.url}/api/health`)).json());
  const refused = health.checks.some(({ name, ok }) => name === "settings" && !ok);
  if (refused) throw new Error("Nothing was started: correct the settings that are told above.");
}

const healthSchema = z.object({
  checks: z.array(z.object({ name: z.string(), ok: z.boolean() })),
});

async function playEventGrid(
  { deliveries }: NonNullable<StackOptions["eventGrid"]>,
  connectionString: string,
  host: Host,
  stops: (() => Promise<unknown>)[],
): Promise<void> {
  const notifier = new EventGridNotifier({
    connectionString,
    container: "documents",
    webhook: `${host.url}/runtime/webhooks/blobs?functionName=Host.Functions.intake`,
    ...(deliveries === undefined ? {} : { deliveries }),
  });
  await notifier.start();
  stops.push(() => notifier.stop());
}

async function startStorage(directory: string | undefined, stops: (() => Promise<unknown>)[]): Promise<string> {
  const azurite = await startAzurite(directory === undefined ? {} : { directory: join(directory, "storage") });
  stops.push(() => azurite.stop());
  return azurite.connectionString;
}

/** Tickets hold the address of the service that has their jobs, so a resumed stack must find it under the same port. */
async function startLanguage(
  directory: string | undefined,
  storage: string,
  stops: (() => Promise<unknown>)[],
): Promise<{ endpoint: string; key: string | undefined }> {
  const file = directory === undefined ? undefined : join(directory, "language.json");
  const port = file === undefined ? 0 : await readPort(file);
  const service = await startLanguageService({
    port,
    projects: SAMPLES,
    storage,
    ...(directory === undefined ? {} : { data: join(directory, "language") }),
  });
  stops.push(() => service.stop());
  if (file !== undefined) await writeFile(file, JSON.stringify({ port: Number(new URL(service.url).port) }));
  return { endpoint: service.url, key: service.key };
}

async function readPort(file: string): Promise<number> {
  try {
    return z.object({ port: z.int() }).parse(JSON.parse(await readFile(file, "utf8"))).port;
  } catch {
    return 0;
  }
}
