import type { FunctionCallback, FunctionMetadata, RetryOptions } from "./core-api.ts";
import type { Route } from "./http/route.ts";
import type { PathPattern, Template } from "./path-template.ts";
import type { Schedule } from "./timers/schedule.ts";

/** A registered function with its bindings checked and its settings filled in. */
export interface HostFunction<T extends Trigger = Trigger> {
  name: string;
  /** The id in storage and in webhook addresses: `Host.Functions.<name>`. */
  id: string;
  /** As registered, for the library. */
  metadata: FunctionMetadata & { functionId: string };
  callback: FunctionCallback;
  /** The name of the trigger's binding. */
  triggerBinding: string;
  trigger: T;
  /** The names of the durableClient inputs. */
  clientBindings: string[];
  outputs: Output[];
}

export type Trigger = HttpTrigger | BlobTrigger | QueueTrigger | TimerTrigger | DurableTrigger;

export interface HttpTrigger {
  kind: "http";
  route: Route;
  methods: string[];
  /** Asked for by a host that was given keys. */
  authLevel: "anonymous" | "function" | "admin";
}

export interface BlobTrigger {
  kind: "blob";
  path: PathPattern;
  connection: string;
  /** The app setting behind `connection`, as the app wrote it. */
  connectionName: string;
  source: "LogsAndContainerScan" | "EventGrid";
  /** The function gets a reference (`sdkBinding: true`), not the content. */
  deferred: boolean;
}

export interface QueueTrigger {
  kind: "queue";
  queueName: string;
  connection: string;
}

export interface TimerTrigger {
  kind: "timer";
  schedule: Schedule;
  runOnStartup: boolean;
  /** The schedule is remembered in storage, so that a missed run is made up for. */
  useMonitor: boolean;
  retry?: RetryOptions;
}

interface DurableTrigger {
  kind: "orchestration" | "activity" | "entity";
}

export type Output =
  | { kind: "http"; binding: string }
  | { kind: "blob"; binding: string; path: Template; connection: string }
  | { kind: "queue"; binding: string; queueName: Template; connection: string };

/** The binding whose value is what the handler returns. */
export const returnBinding = "$return";

/** True when a function's trigger is of a kind; narrows its type. */
export function hasTrigger<K extends Trigger["kind"]>(
  each: HostFunction,
  kind: K,
): each is HostFunction<Extract<Trigger, { kind: K }>> {
  return each.trigger.kind === kind;
}
