import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { AppSettings } from "./app-settings.ts";
import type { LogLevel } from "./core-api.ts";
import { logLevels } from "./log.ts";
import { StartError } from "./violations.ts";

const timeSpan = z.string().transform((text, context) => {
  const milliseconds = parseTimeSpan(text);
  if (milliseconds !== undefined) return milliseconds;
  context.addIssue({ code: "custom", message: `expected a duration such as "00:00:30", found "${text}"` });
  return z.NEVER;
});

/** Defaults and ranges of the queue and blob settings: `QueuesOptions.cs` and `BlobsOptions.cs` of their extensions. */
const Queues = z.looseObject({
  batchSize: z.coerce.number().int().min(1).max(32).default(16),
  newBatchThreshold: z.coerce.number().int().min(0).exactOptional(),
  maxPollingInterval: timeSpan.default(60_000),
  visibilityTimeout: timeSpan.default(0),
  maxDequeueCount: z.coerce.number().int().min(1).default(5),
  messageEncoding: z.enum(["base64", "none"]).default("base64"),
});

const Blobs = z.looseObject({
  maxDegreeOfParallelism: z.coerce
    .number()
    .int()
    .min(1)
    .default(() => 8 * availableParallelism()),
  poisonBlobThreshold: z.coerce.number().int().min(1).exactOptional(),
});

const HostJson = z.looseObject({
  version: z.literal("2.0"),
  /** `-1` is no limit. Default: 30 minutes, that of every plan but the classic Consumption plan (5 minutes). */
  functionTimeout: z.union([z.literal("-1").transform(() => Number.POSITIVE_INFINITY), timeSpan]).default(30 * 60_000),
  logging: z
    .looseObject({ logLevel: z.record(z.string(), z.string().toLowerCase().pipe(z.enum(logLevels))).default({}) })
    .prefault({}),
  extensions: z
    .looseObject({
      http: z.looseObject({ routePrefix: z.string().default("api") }).prefault({}),
      queues: Queues.prefault({}),
      blobs: Blobs.prefault({}),
      durableTask: z
        .looseObject({
          hubName: z.string().default("TestHubName"),
          storageProvider: z.looseObject({ workItemQueueVisibilityTimeout: timeSpan.default(5 * 60_000) }).prefault({}),
        })
        .prefault({}),
    })
    .prefault({}),
});

/** What this host honours of host.json; durations in milliseconds. */
export interface HostSettings {
  /** By category, or the beginning of one; `default` for the others. */
  logLevel: Record<string, LogLevel>;
  routePrefix: string;
  functionTimeout: number;
  queues: QueueSettings;
  blobs: { maxDegreeOfParallelism: number; poisonBlobThreshold: number };
  taskHub: string;
  /** How long an activity that a killed host was running stays hidden. */
  workItemVisibilityTimeout: number;
}

export interface QueueSettings {
  /** Messages fetched at once, 1 to 32. */
  batchSize: number;
  /** More are fetched when no more than this many are being handled. */
  newBatchThreshold: number;
  /** The longest wait between two looks into an empty queue. */
  maxPollingInterval: number;
  /** How long a message whose function failed stays invisible. */
  visibilityTimeout: number;
  /** Attempts before a message goes to the poison queue. */
  maxDequeueCount: number;
  messageEncoding: "base64" | "none";
}

/**
 * Reads an app's host.json, with the app settings `AzureFunctionsJobHost__…` laid over it, as in Azure.
 *
 * @throws StartError when it is missing or not what Azure accepts.
 */
export async function readHostJson(appDirectory: string, settings: AppSettings): Promise<HostSettings> {
  const file = join(appDirectory, "host.json");
  const text = await readFile(file, "utf8").catch(() => {
    throw new StartError(`${file} is missing; a function app needs it, at least {"version":"2.0"}.`);
  });
  const parsed = HostJson.safeParse(withOverrides(parseJson(file, text), settings));
  if (!parsed.success) throw new StartError(`${file}: ${z.prettifyError(parsed.error)}`);
  const { functionTimeout, logging, extensions } = parsed.data;
  const { newBatchThreshold, ...queues } = extensions.queues;
  return {
    routePrefix: extensions.http.routePrefix.replace(/^\/+|\/+$/g, ""),
    functionTimeout,
    logLevel: logging.logLevel,
    queues: {
      ...queues,
      newBatchThreshold: newBatchThreshold ?? Math.floor(queues.batchSize / 2) * availableParallelism(),
    },
    blobs: {
      maxDegreeOfParallelism: extensions.blobs.maxDegreeOfParallelism,
      poisonBlobThreshold: extensions.blobs.poisonBlobThreshold ?? 5,
    },
    workItemVisibilityTimeout: extensions.durableTask.storageProvider.workItemQueueVisibilityTimeout,
    taskHub: settings.substitute(extensions.durableTask.hubName, "host.json, extensions.durableTask.hubName"),
  };
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new StartError(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** `AzureFunctionsJobHost__extensions__queues__batchSize=1` sets `extensions.queues.batchSize`; names ignore case. */
function withOverrides(hostJson: unknown, settings: AppSettings): unknown {
  if (typeof hostJson !== "object" || hostJson === null) return hostJson;
  for (const [name, value] of settings.entries()) {
    const [prefix, ...path] = name.split("__");
    if (prefix?.toLowerCase() !== "azurefunctionsjobhost" || path.length === 0) continue;
    let node = hostJson as Record<string, unknown>;
    path.forEach((segment, index) => {
      const known = Object.keys(node).find((each) => each.toLowerCase() === segment.toLowerCase()) ?? segment;
      if (index === path.length - 1) node[known] = value;
      else {
        const child = node[known];
        node = node[known] = typeof child === "object" && child !== null ? (child as Record<string, unknown>) : {};
      }
    });
  }
  return hostJson;
}

const pattern = /^(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?$/;

/**
 * Reads a .NET `TimeSpan` text (`[d.]hh:mm[:ss[.fffffff]]`), the form in which host.json and timer schedules give
 * durations.
 *
 * @returns milliseconds, or undefined when the text is not such a duration.
 */
export function parseTimeSpan(text: string): number | undefined {
  const match = pattern.exec(text.trim());
  if (match === null) return undefined;
  const [, days, hours, minutes, seconds, fraction] = match;
  const [h, m, s] = [Number(hours), Number(minutes), Number(seconds ?? 0)];
  if (h > 23 || m > 59 || s > 59) return undefined;
  return (((Number(days ?? 0) * 24 + h) * 60 + m) * 60 + s) * 1000 + Math.trunc(Number(`0.${fraction ?? 0}`) * 1000);
}
