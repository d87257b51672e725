import { createRequire } from "node:module";
import type { OrchestrationHandler } from "durable-functions";
import { VirtualClock } from "../../src/clock.ts";
import { advance, advanceUntil, runToIdle } from "../../src/durable/advance.ts";
import type {
  DurableEngineOptions,
  DurableKind,
  DurableStore,
  InvokeDurable,
  InvokeOutcome,
  Violation,
} from "../../src/durable/contract.ts";
import { DurableEngine } from "../../src/durable/engine.ts";
import { EventType, type HistoryEvent } from "../../src/durable/history.ts";
import { MemoryStore } from "../../src/durable/memory-store.ts";
import { type Call, callEngine } from "./call-engine.ts";

const require = createRequire(import.meta.url);

interface Registered {
  metadata: { name: string; bindings: Record<string, { type: string }> };
  callback: (...args: unknown[]) => unknown;
}

interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: unknown): Promise<unknown>;
}

const registered = new Map<string, Registered>();
let programmingModel: { getInvocationModel(context: unknown): InvocationModel };

/** The least that `@azure/functions` asks of its host: see the host's own shim for the whole of it. */
const core = {
  version: "3.13.0",
  hostVersion: "4.1047.0",
  registerFunction(metadata: Registered["metadata"], callback: Registered["callback"]) {
    const kind = Object.values(metadata.bindings)[0]?.type.replace("Trigger", "");
    registered.set(`${kind} ${metadata.name.toLowerCase()}`, { metadata, callback });
    return { dispose: () => undefined };
  },
  registerHook: () => ({ dispose: () => undefined }),
  setProgrammingModel(model: typeof programmingModel) {
    programmingModel = model;
  },
  getProgrammingModel: () => programmingModel,
  log: () => undefined,
  Disposable: class {
    dispose(): void {}
  },
};

interface LoadingModule {
  _load(request: string, ...rest: unknown[]): unknown;
}
const loader = require("node:module") as LoadingModule;
const load = loader._load;
loader._load = (request, ...rest) => (request === "@azure/functions-core" ? core : load(request, ...rest));

/** The real library, loaded after the shim is in place. */
export const df = require("durable-functions") as typeof import("durable-functions");

export type Context = Parameters<OrchestrationHandler>[0];

async function invokeRegistered(
  kind: DurableKind,
  name: string,
  triggerData: string | undefined,
): Promise<InvokeOutcome> {
  const found = registered.get(`${kind} ${name.toLowerCase()}`);
  if (found === undefined) return { error: new Error(`no ${kind} ${name}`) };
  const { metadata, callback } = found;
  const inputData = Object.entries(metadata.bindings).map(([binding]) => ({
    name: binding,
    data: triggerData === undefined ? {} : { string: triggerData },
  }));
  const model = programmingModel.getInvocationModel({
    invocationId: crypto.randomUUID(),
    request: { inputData, triggerMetadata: {} },
    metadata,
    state: undefined,
    log: () => undefined,
  });
  try {
    const { context, inputs } = await model.getArguments();
    return { value: await model.invokeFunction(context, inputs, callback) };
  } catch (error) {
    return { error };
  }
}

function namesOf(kind: DurableKind): Set<string> {
  return new Set(
    [...registered.keys()].filter((key) => key.startsWith(`${kind} `)).map((key) => key.slice(kind.length + 1)),
  );
}

/** An engine on the functions registered so far, with a virtual clock and everything observable. */
export class Host {
  readonly clock: VirtualClock;
  readonly store: DurableStore;
  readonly engine: DurableEngine;
  readonly violations: Violation[] = [];
  readonly logs: string[] = [];
  /** Names of the activities in the order in which they began. */
  readonly activities: string[] = [];
  /** Runs registered functions, as the engine is given it if the test gives nothing else. */
  readonly invoke: InvokeDurable = invokeRegistered;

  constructor(options: Partial<DurableEngineOptions> & { clock?: VirtualClock } = {}) {
    this.clock = options.clock ?? new VirtualClock();
    this.store = options.store ?? new MemoryStore();
    this.engine = new DurableEngine({
      store: this.store,
      taskHub: "TestHub",
      functions: {
        orchestrations: namesOf("orchestration"),
        activities: namesOf("activity"),
        entities: namesOf("entity"),
      },
      onViolation: (violation) => this.violations.push(violation),
      log: (level, message) => this.logs.push(`${level}: ${message}`),
      ...options,
      clock: this.clock,
      invoke: async (kind, name, triggerData) => {
        if (kind === "activity") this.activities.push(name);
        return await (options.invoke ?? invokeRegistered)(kind, name, triggerData);
      },
    });
  }

  call(call: Call) {
    return callEngine(this.engine, call);
  }

  /** Starts an orchestration and returns its id. */
  async start(name: string, input?: unknown, instanceId?: string): Promise<string> {
    const path = `orchestrators/${name}${instanceId === undefined ? "" : `/${encodeURIComponent(instanceId)}`}`;
    const { status, body } = await this.call({ method: "POST", path, body: input });
    if (status !== 202) throw new Error(`${status}: ${JSON.stringify(body)}`);
    return (body as { id: string }).id;
  }

  async status(instanceId: string) {
    const { body } = await this.call({
      path: `instances/${encodeURIComponent(instanceId)}?showHistory=true&showHistoryOutput=true`,
    });
    return body as Status;
  }

  /** The history of an instance as it is stored. */
  async storedHistory(instanceId: string): Promise<HistoryEvent[]> {
    const stored = (await this.store.load()).filter((instance) => instance.instanceId === instanceId);
    return stored.flatMap(({ state }) => (state as { history: HistoryEvent[] }).history);
  }

  async raise(instanceId: string, event: string, data: unknown): Promise<number> {
    return (await this.call({ method: "POST", path: `instances/${instanceId}/raiseEvent/${event}`, body: data }))
      .status;
  }

  /** Starts an orchestration, lets time pass until it has ended, and returns its status. */
  async run(name: string, input?: unknown): Promise<Status> {
    const instanceId = await this.start(name, input);
    await this.ended(instanceId);
    await this.engine.idle();
    return await this.status(instanceId);
  }

  /** Lets time pass until an instance has ended. */
  ended(instanceId: string): Promise<void> {
    return this.until(instanceId, (status) => ["Completed", "Failed", "Terminated"].includes(status.runtimeStatus));
  }

  until(instanceId: string, holds: (status: Status) => boolean): Promise<void> {
    return advanceUntil(this.engine, this.clock, async () => holds(await this.status(instanceId)));
  }

  advance(milliseconds: number): Promise<void> {
    return advance(this.engine, this.clock, milliseconds);
  }

  runToIdle(): Promise<void> {
    return runToIdle(this.engine, this.clock);
  }
}

export interface Status {
  name: string;
  instanceId: string;
  runtimeStatus: string;
  input: unknown;
  output: unknown;
  customStatus: unknown;
  createdTime: string;
  lastUpdatedTime: string;
  historyEvents: Record<string, unknown>[];
}

/** Registers an orchestrator under a name of its own; returns the name. */
export function orchestrator(handler: (context: Context) => Generator<unknown, unknown, never>): string {
  const name = `orchestrator-${registered.size}`;
  df.app.orchestration(name, handler as unknown as OrchestrationHandler);
  return name;
}

/** Registers an activity under a name of its own; returns the name. */
export function activity(handler: (input: never) => unknown): string {
  const name = `activity-${registered.size}`;
  df.app.activity(name, { handler: handler as (input: unknown) => unknown });
  return name;
}

/** The name of an event's type. */
export function typeName(event: HistoryEvent): string {
  return Object.entries(EventType).find(([, number]) => number === event.EventType)?.[0] ?? "unknown";
}
