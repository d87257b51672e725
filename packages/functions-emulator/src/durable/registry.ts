import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { StoredInstance } from "./contract.ts";
import type { EngineDeps } from "./engine-deps.ts";
import { Entity } from "./entity.ts";
import { executionStarted } from "./execution.ts";
import { childFailure, EventType, eventAt } from "./history.ts";
import { parseEntityInstanceId } from "./limits.ts";
import { Orchestration } from "./orchestration.ts";
import { type EntityState, isFinished, type Message, type OrchestrationState, storedState } from "./state.ts";

/** What an instance is started with. */
export type Start = Pick<OrchestrationState, "name" | "input" | "origin" | "version" | "parent">;

/** All instances and entities of the host. */
export class Registry {
  readonly orchestrations = new Map<string, Orchestration>();
  readonly entities = new Map<string, Entity>();
  readonly #deps: EngineDeps;

  constructor(deps: EngineDeps) {
    this.#deps = deps;
  }

  /**
   * Takes over what an earlier host has stored.
   *
   * @throws Error naming the instance whose stored state is not one of this engine.
   */
  load(instances: readonly StoredInstance[]): void {
    for (const { instanceId, state } of instances) {
      const parsed = storedState.safeParse(state);
      if (!parsed.success) {
        throw new Error(
          `The stored state of "${instanceId}" is not one that this host understands: ${z.prettifyError(parsed.error)}`,
        );
      }
      if (parsed.data.kind === "entity") this.#addEntity(instanceId, parsed.data);
      else this.#addOrchestration(instanceId, parsed.data);
    }
  }

  resume(): void {
    for (const orchestration of this.orchestrations.values()) orchestration.resume();
    for (const entity of this.entities.values()) entity.resume();
  }

  /** Whether this is the state that its instance has now: one that was replaced or removed must not be saved over it. */
  isCurrent(instanceId: string, state: unknown): boolean {
    const instance = this.orchestrations.get(instanceId) ?? this.entities.get(instanceId);
    return instance?.state === state;
  }

  /** Starts an instance, in place of a finished one of the same id if there is one. */
  start(instanceId: string, start: Start): Orchestration {
    const now = this.#deps.clock.now();
    const state: OrchestrationState = {
      kind: "orchestration",
      ...start,
      executionId: randomUUID(),
      status: "Pending",
      suspended: false,
      createdTime: now,
      lastUpdatedTime: now,
      output: null,
      customStatus: null,
      history: [],
      inbox: [],
      outbox: [...(this.orchestrations.get(instanceId)?.state.outbox ?? [])],
      nextId: 0,
      scheduled: [],
      repeats: [],
      open: {},
      held: false,
    };
    state.inbox.push({ event: executionStarted(state, now) });
    return this.#addOrchestration(instanceId, state);
  }

  entity(instanceId: string): Entity {
    const now = this.#deps.clock.now();
    const fresh = { exists: false, state: null, createdTime: now, lastUpdatedTime: now };
    const empty: EntityState = { kind: "entity", ...fresh, queue: [], outbox: [], recent: [] };
    return this.entities.get(instanceId) ?? this.#addEntity(instanceId, empty);
  }

  /** Hands a message to its receiver; resolves when that has saved it, or has no use for it. */
  async deliver(message: Message): Promise<void> {
    switch (message.type) {
      case "event": {
        const { event, executionId } = message;
        return this.orchestrations.get(message.to)?.accept({ event, executionId });
      }
      case "operation":
        return this.#deliverOperation(message);
      case "start":
        return this.#startChild(message);
    }
  }

  async #deliverOperation({ to, request }: Message & { type: "operation" }): Promise<void> {
    if (this.#deps.functions.entities.has(parseEntityInstanceId(to).name)) return this.entity(to).accept(request);
    const message = `Operation "${request.operation}" was sent to ${to}, and there is no such entity function.`;
    this.#deps.report({ instanceId: to, code: "unknown-function", message });
  }

  async #startChild({ to, type: _, ...start }: Message & { type: "start" }): Promise<void> {
    const existing = this.orchestrations.get(to)?.state;
    if (existing?.origin === start.origin) return;
    if (existing === undefined || isFinished(existing.status)) return this.start(to, start).saved();
    const { instanceId, executionId, taskId: TaskScheduledId } = start.parent;
    const { clock, failureDetails, report } = this.#deps;
    const message = `The sub-orchestration "${start.name}" cannot start as "${to}": an instance of that id is ${existing.status}.`;
    report({ instanceId, code: "child-id-in-use", message });
    const failure = childFailure(message, failureDetails);
    const event = eventAt(clock.now(), {
      EventType: EventType.SubOrchestrationInstanceFailed,
      TaskScheduledId,
      ...failure,
    });
    await this.orchestrations.get(instanceId)?.accept({ event, executionId });
  }

  #addOrchestration(instanceId: string, state: OrchestrationState): Orchestration {
    const orchestration = new Orchestration(instanceId, state, this.#deps);
    this.orchestrations.set(instanceId, orchestration);
    return orchestration;
  }

  #addEntity(instanceId: string, state: EntityState): Entity {
    const entity = new Entity(instanceId, state, this.#deps);
    this.entities.set(instanceId, entity);
    return entity;
  }
}
