import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../clock.ts";

/**
 * How the durable engine runs app code: the host looks the function up (name and trigger type) and invokes it.
 *
 * `triggerData` is the JSON text of the trigger value, to be bound as `{ string: triggerData }` (the library parses it);
 * undefined is an activity called without input, to be bound as empty typed data, `{}`.
 */
export type InvokeDurable = (
  kind: DurableKind,
  name: string,
  triggerData: string | undefined,
) => Promise<InvokeOutcome>;

/** The triggers of durable functions. */
export type DurableKind = "orchestration" | "activity" | "entity";

/** What came of an invocation: the raw value the handler returned (object identity kept), or the error it threw. */
export type InvokeOutcome = { value: unknown } | { error: unknown };

/** One orchestration instance or entity, as stored. The engine decides the shape of `state`; it must survive JSON. */
export interface StoredInstance {
  instanceId: string;
  state: unknown;
}

/**
 * Where instances live. `save` takes its copy of the state before it returns and is durable when it resolves; the
 * engine saves before it lets effects out.
 */
export interface DurableStore {
  load(): Promise<StoredInstance[]>;
  save(instance: StoredInstance): Promise<void>;
  remove(instanceId: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * What Azure would punish, mostly in silence:
 *
 * | code | what was seen |
 * |---|---|
 * | `unknown-action` | an action type that replay schema V3 does not have, or an action without its fields |
 * | `unsupported-action` | an action that Azure knows and this host does not run (`callHttp`) |
 * | `unknown-function` | a call to a function that is not registered with that trigger |
 * | `invalid-instance-id` | a sub-orchestration id that Azure refuses |
 * | `child-id-in-use` | a sub-orchestration whose id belongs to an instance that still runs |
 * | `non-deterministic` | a replay that does not repeat what the history says was scheduled or returned |
 * | `uncancelled-timer` | a timer still pending when the orchestrator returned, failed or continued as new |
 * | `re-raced-task` | a task that was already scheduled, put into a new `Task.any` or `Task.all` |
 * | `dropped-event` | an event that was received and not awaited when the orchestrator continued as new |
 * | `oversized-payload` | a value over Durable's message limit, or a custom status over its own limit |
 * | `not-json` | a value that JSON changes or loses on its way |
 * | `slow-orchestrator` | orchestrator code that held its thread for too long |
 * | `failed-without-error` | an orchestrator that threw something without a message, which Azure waits on for ever |
 * | `retry-timeout` | a retry timeout that ran out, after which Azure never wakes the orchestrator again |
 */
export type ViolationCode =
  | "unknown-action"
  | "unsupported-action"
  | "unknown-function"
  | "invalid-instance-id"
  | "child-id-in-use"
  | "non-deterministic"
  | "uncancelled-timer"
  | "re-raced-task"
  | "dropped-event"
  | "oversized-payload"
  | "not-json"
  | "slow-orchestrator"
  | "failed-without-error"
  | "retry-timeout";

/** One thing that Azure would punish, told to a reader who knows the app. */
export interface Violation {
  instanceId: string;
  code: ViolationCode;
  message: string;
}

/** What the engine needs of the host. */
export interface DurableEngineOptions {
  clock: Clock;
  store: DurableStore;
  invoke: InvokeDurable;
  /** Which functions exist, lower-cased, by kind: unknown names are refused as Azure refuses them. */
  functions: { orchestrations: ReadonlySet<string>; activities: ReadonlySet<string>; entities: ReadonlySet<string> };
  taskHub: string;
  /** The key that addresses of the management API carry. */
  webhookKey: string;
  onViolation(violation: Violation): void;
  log(level: "debug" | "information" | "warning" | "error", message: string): void;
  /** Failed tasks carry `FailureDetails`, as newer extensions send them, and not only `Reason` and `Details`. Default false. */
  failureDetails?: boolean;
  /** Runs every finished execution once more on its final history and compares. Default true. */
  replayCheck?: boolean;
  /** Activities that may run at the same time. Default: 10 for each processor, as outside the Consumption plan. */
  maxConcurrentActivities?: number;
  /**
   * How long the work of a host that was killed stays hidden from the next one, in milliseconds; renewed while an activity
   * runs. Default: that of the extension, 5 minutes.
   */
  workItemVisibilityTimeout?: number;
  /** When one run of orchestrator code counts as slow, in milliseconds. Default 1,000. */
  slowOrchestratorMilliseconds?: number;
}

/** The durable half of the host. */
export interface DurableEngineContract {
  /** Loads stored instances and goes on with them. */
  start(): Promise<void>;
  /** Lets running episodes and activities end, keeps the rest stored. */
  stop(): Promise<void>;
  /**
   * The management API under both prefixes (`/runtime/webhooks/durabletask/` and the local RPC prefix). `relativePath`
   * is the path after the prefix, as sent (not decoded), without leading slash and query.
   */
  handle(request: IncomingMessage, response: ServerResponse, relativePath: string): Promise<void>;
  /**
   * The JSON text that a `durableClient` input binding receives. `baseUrl` is the webhook address
   * (`http://127.0.0.1:7071/runtime/webhooks/durabletask`); with `rpcBaseUrl` the client sends its calls there instead.
   */
  clientBinding(baseUrl: string, rpcBaseUrl?: string): string;
  /** Resolves when no episode, activity or entity operation is ready to run (timers may wait). */
  idle(): Promise<void>;
}

/** What an episode needs of the engine. */
export type EpisodeOptions = Pick<DurableEngineOptions, "invoke" | "functions"> &
  Required<Pick<DurableEngineOptions, "failureDetails" | "replayCheck" | "slowOrchestratorMilliseconds">>;
