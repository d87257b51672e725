import { randomUUID } from "node:crypto";
import { IncomingMessage, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { Socket } from "node:net";
import type { OrchestrationHandler } from "durable-functions";
import { VirtualClock } from "./clock.ts";
import { AppRegistrations, installCore } from "./core-shim.ts";
import type {
  DurableEngineContract,
  DurableEngineOptions,
  DurableKind,
  DurableStore,
  InvokeDurable,
  Violation,
} from "./durable/contract.ts";
import { DurableEngine } from "./durable/engine.ts";
import type { HistoryEvent } from "./durable/history.ts";
import { MemoryStore } from "./durable/stores.ts";

export { type DurableStore, MemoryStore, VirtualClock };

const registrations = new AppRegistrations();
const core = installCore();
core.target = { registrations, log: () => undefined };

/** The real library, loaded after its core module is in place. */
export const df = createRequire(import.meta.url)("durable-functions") as typeof import("durable-functions");

type Engine = Pick<DurableEngineContract, "idle">;

export type Context = Parameters<OrchestrationHandler>[0];

/**
 * Orchestrations, activities and entities in virtual time, without storage or server. What is registered with
 * `durable-functions` after this module was imported can be run: import it first, the app's functions then.
 *
 * @example
 * await import("../src/functions/greet.ts"); // registers the orchestration "greet" and its activities
 * const host = new TestHost();
 * expect((await host.run("greet", { name: "Ada" })).output).toBe("Hello Ada"); // also when it sleeps for a day
 * expect(host.violations).toEqual([]);
 */
export class TestHost {
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
      webhookKey: "local",
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

  /** Calls the management API. */
  call(call: Call) {
    return callEngine(this.engine, call);
  }

  /** Starts an orchestration and returns its id. @throws Error with the answer when it is refused. */
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

  /** Raises an event and returns the HTTP status of the answer. */
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

  /** Lets time pass until the status of an instance is as wanted. */
  until(instanceId: string, holds: (status: Status) => boolean): Promise<void> {
    return advanceUntil(this.engine, this.clock, async () => holds(await this.status(instanceId)));
  }

  /** Lets time pass, and everything happen that falls into it, its last moment included. */
  advance(milliseconds: number): Promise<void> {
    return advance(this.engine, this.clock, milliseconds);
  }

  /** Lets time pass until no timer is set. */
  runToIdle(): Promise<void> {
    return runToIdle(this.engine, this.clock);
  }
}

/** What the management API tells of an instance. */
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
  const name = `orchestrator-${registrations.functions.size}`;
  df.app.orchestration(name, handler as unknown as OrchestrationHandler);
  return name;
}

/** Registers an activity under a name of its own; returns the name. */
export function activity(handler: (input: never) => unknown): string {
  const name = `activity-${registrations.functions.size}`;
  df.app.activity(name, { handler: handler as (input: unknown) => unknown });
  return name;
}

/**
 * Lets virtual time pass until `done` holds: runs everything that is ready, then moves on to what is due next, again and
 * again. Activities must not wait on the virtual clock themselves.
 *
 * @throws Error when nothing is left to wait for and `done` does not hold.
 */
export async function advanceUntil(
  engine: Engine,
  clock: VirtualClock,
  done: () => boolean | Promise<boolean>,
): Promise<void> {
  await engine.idle();
  while (!(await done())) {
    if (!clock.runNext()) throw new Error("Nothing runs and no timer is set, and what was waited for has not come.");
    await engine.idle();
  }
}

/** Lets virtual time pass, and everything happen that falls into it, its last moment included. */
export async function advance(engine: Engine, clock: VirtualClock, milliseconds: number): Promise<void> {
  const end = clock.now() + milliseconds;
  clock.schedule(end, () => undefined);
  await advanceUntil(engine, clock, () => (clock.nextDueTime ?? Number.POSITIVE_INFINITY) > end);
}

/** Lets virtual time pass until no timer is set. */
export async function runToIdle(engine: Engine, clock: VirtualClock): Promise<void> {
  await advanceUntil(engine, clock, () => clock.nextDueTime === undefined);
}

/** A call of the management API. */
export interface Call {
  method?: string;
  path: string;
  /** Sent as JSON; undefined is no body. */
  body?: unknown;
  /** Sent as it is, instead of a body. */
  text?: string | undefined;
  headers?: Record<string, string>;
}

/** Calls the management API of an engine without a server between. */
export async function callEngine(engine: DurableEngine, { method = "GET", path, body, text: sent, headers }: Call) {
  const request = new IncomingMessage(new Socket());
  Object.assign(request, {
    method,
    url: `/durabletask/${path}`,
    headers: { host: "test", "content-type": "application/json", ...headers },
  });
  const payload = sent ?? JSON.stringify(body);
  if (payload !== undefined) request.push(payload);
  request.push(null);
  const response = new ServerResponse(request);
  const written: string[] = [];
  response.end = ((text?: string) => {
    written.push(text ?? "");
    return response;
  }) as typeof response.end;
  await engine.handle(request, response, path.split("?")[0] ?? "");
  const text = written.join("");
  return {
    status: response.statusCode,
    headers: response.getHeaders(),
    body: text === "" ? undefined : (JSON.parse(text) as unknown),
  };
}

function registered(kind: DurableKind) {
  return [...registrations.functions.values()].flatMap(({ metadata, callback }) => {
    const trigger = Object.entries(metadata.bindings).find(([, { type }]) => type === `${kind}Trigger`);
    return trigger === undefined ? [] : [{ metadata, callback, triggerBinding: trigger[0] }];
  });
}

function namesOf(kind: DurableKind): Set<string> {
  return new Set(registered(kind).map(({ metadata }) => metadata.name.toLowerCase()));
}

async function invokeRegistered(...[kind, name, triggerData]: Parameters<InvokeDurable>) {
  const found = registered(kind).find(({ metadata }) => metadata.name.toLowerCase() === name.toLowerCase());
  if (found === undefined || core.model === undefined) return { error: new Error(`There is no ${kind} "${name}".`) };
  const { metadata, callback, triggerBinding } = found;
  const invocationId = randomUUID();
  const functionId = metadata.functionId ?? metadata.name;
  const data = triggerData === undefined ? {} : { string: triggerData };
  const invocation = await core.model.getInvocationModel({
    invocationId,
    request: {
      invocationId,
      functionId,
      inputData: [{ name: triggerBinding, data }],
      triggerMetadata: {},
      traceContext: { traceParent: "", traceState: "", attributes: {} },
    },
    metadata: { ...metadata, functionId },
    state: undefined,
    log: () => undefined,
  });
  try {
    const { context, inputs } = await invocation.getArguments();
    return { value: await invocation.invokeFunction(context, inputs, callback) };
  } catch (error) {
    return { error };
  }
}
