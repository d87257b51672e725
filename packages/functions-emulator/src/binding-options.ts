import { z } from "zod";
import type { AppSettings } from "./app-settings.ts";
import type { BindingInfo, FunctionMetadata } from "./core-api.ts";
import { type Output, returnBinding, type Trigger } from "./host-function.ts";
import { parseRoute } from "./http/route.ts";
import { PathPattern, Template } from "./path-template.ts";
import { parseSchedule } from "./timers/schedule.ts";
import { StartError } from "./violations.ts";

const connection = z.string().default("");
const Http = z.object({
  route: z.string().optional(),
  methods: z.array(z.string()).default(["GET", "POST"]),
  authLevel: z.enum(["anonymous", "function", "admin"]).default("anonymous"),
});
const Blob = z.object({
  path: z.string().min(1),
  connection,
  source: z.enum(["LogsAndContainerScan", "EventGrid"]).default("LogsAndContainerScan"),
  properties: z.looseObject({ supportsDeferredBinding: z.string().optional() }).optional(),
});
const Queue = z.object({ queueName: z.string().min(1), connection });
const Timer = z.object({
  schedule: z.string().min(1),
  runOnStartup: z.boolean().default(false),
  useMonitor: z.boolean().default(true),
});
const BlobOutput = z.object({ path: z.string().min(1), connection });

/** Reads a binding's options after `%SETTING%` has been replaced in all of its texts. */
function read<S extends z.ZodType>(schema: S, info: BindingInfo, where: string, settings: AppSettings): z.output<S> {
  const filled = Object.fromEntries(
    Object.entries(info).map(([key, value]) => [
      key,
      typeof value === "string" ? settings.substitute(value, where) : value,
    ]),
  );
  const parsed = schema.safeParse(filled);
  if (!parsed.success) throw new StartError(`${where}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function placeOf(functionName: string, info: BindingInfo): string {
  return `Function "${functionName}", binding ${info.type}`;
}

function unsupported(functionName: string, role: string, type: string, hint = ""): StartError {
  return new StartError(
    `Function "${functionName}": this host does not support ${role} binding of type "${type}".${hint}`,
  );
}

/** @throws StartError when the trigger is of an unknown type, lacks a setting or is not what Azure accepts. */
export function parseTrigger(info: BindingInfo, metadata: FunctionMetadata, settings: AppSettings): Trigger {
  const where = placeOf(metadata.name, info);
  switch (info.type.toLowerCase()) {
    case "httptrigger": {
      const { route, methods, authLevel } = read(Http, info, where, settings);
      const parsed = parseRoute(route ?? metadata.name, where);
      return { kind: "http", route: parsed, methods: methods.map((each) => each.toUpperCase()), authLevel };
    }
    case "blobtrigger": {
      const { path, connection, source, properties } = read(Blob, info, where, settings);
      return {
        kind: "blob",
        path: new PathPattern(path, where),
        connection: settings.connectionString(connection, where),
        connectionName: connection,
        source,
        deferred: properties?.supportsDeferredBinding === "true",
      };
    }
    case "queuetrigger": {
      const { queueName, connection } = read(Queue, info, where, settings);
      return { kind: "queue", queueName, connection: settings.connectionString(connection, where) };
    }
    case "timertrigger": {
      const { schedule, runOnStartup, useMonitor } = read(Timer, info, where, settings);
      const zone = settings.get("WEBSITE_TIME_ZONE") ?? settings.get("TZ") ?? "UTC";
      const retry = metadata.retryOptions;
      return {
        kind: "timer",
        schedule: parseSchedule(schedule, zone, where),
        runOnStartup,
        useMonitor,
        ...(retry && { retry }),
      };
    }
    case "orchestrationtrigger":
      return { kind: "orchestration" };
    case "activitytrigger":
      return { kind: "activity" };
    case "entitytrigger":
      return { kind: "entity" };
    default:
      throw unsupported(metadata.name, "a trigger", info.type);
  }
}

/** @returns the name of the binding. @throws StartError for any input but the durable client. */
export function parseInput(binding: string, type: string, functionName: string): string {
  if (/^durableClient$/i.test(type)) return binding;
  const hint = /^blob$/i.test(type) ? " Read the blob with @azure/storage-blob instead." : "";
  throw unsupported(functionName, "an input", type, hint);
}

/** @throws StartError when the output is of an unknown type, lacks a setting or is not what Azure accepts. */
export function parseOutput(
  [binding, info]: readonly [name: string, info: BindingInfo],
  trigger: Trigger,
  functionName: string,
  settings: AppSettings,
): Output {
  const where = placeOf(functionName, info);
  switch (info.type.toLowerCase()) {
    case "http":
      if (trigger.kind === "http" && binding === returnBinding) return { kind: "http", binding };
      throw new StartError(`${where}: an HTTP response needs an HTTP trigger and is what the handler returns.`);
    case "blob": {
      const { path, connection } = read(BlobOutput, info, where, settings);
      if (!path.includes("/")) throw new StartError(`${where}: "${path}" names no blob; a path is container/name.`);
      const target = settings.connectionString(connection, where);
      return { kind: "blob", binding, path: new Template(path, where), connection: target };
    }
    case "queue": {
      const { queueName, connection } = read(Queue, info, where, settings);
      const target = settings.connectionString(connection, where);
      return { kind: "queue", binding, queueName: new Template(queueName, where), connection: target };
    }
    default:
      throw unsupported(functionName, "an output", info.type);
  }
}
