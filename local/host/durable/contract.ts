import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../clock.ts";

/** How the durable engine runs app code: the host looks the function up (name and trigger type) and invokes it. */
export type InvokeDurable = (
  kind: "orchestration" | "activity" | "entity",
  name: string,
  triggerData: unknown,
) => Promise<InvokeOutcome>;

/** What came of an invocation: the raw value the handler returned (object identity kept), or the error it threw. */
export type InvokeOutcome = { value: unknown } | { error: unknown };

/** One orchestration instance or entity, as stored. The engine decides the shape of `state`; it must survive JSON. */
export interface StoredInstance {
  instanceId: string;
  state: unknown;
}

/** Where instances live. `save` must be durable when it resolves; the engine saves before it lets effects out. */
export interface DurableStore {
  load(): Promise<StoredInstance[]>;
  save(instance: StoredInstance): Promise<void>;
  remove(instanceId: string): Promise<void>;
  close(): Promise<void>;
}

export interface DurableEngineOptions {
  clock: Clock;
  store: DurableStore;
  invoke: InvokeDurable;
  /** Which functions exist, lower-cased, by kind: unknown names are refused as Azure refuses them. */
  functions: { orchestrations: ReadonlySet<string>; activities: ReadonlySet<string>; entities: ReadonlySet<string> };
  taskHub: string;
  /** Called for what Azure would punish silently (uncancelled timer, re-raced task, oversized payload, …). */
  onViolation(violation: { instanceId: string; code: string; message: string }): void;
  log(level: "debug" | "information" | "warning" | "error", message: string): void;
}

/** The durable half of the host. */
export interface DurableEngineContract {
  /** Loads stored instances and goes on with them. */
  start(): Promise<void>;
  /** Lets running episodes and activities end, keeps the rest stored. */
  stop(): Promise<void>;
  /** The management API under both prefixes (`/runtime/webhooks/durabletask/` and the local RPC prefix). */
  handle(request: IncomingMessage, response: ServerResponse, relativePath: string): Promise<void>;
  /** The JSON text that a `durableClient` input binding receives. */
  clientBinding(baseUrl: string, rpcBaseUrl: string): string;
  /** Resolves when no episode, activity or entity operation is ready to run (timers may wait). */
  idle(): Promise<void>;
}
