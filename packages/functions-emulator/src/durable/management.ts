import { randomUUID } from "node:crypto";
import type { EngineDeps } from "./engine-deps.ts";
import { EventType, eventAt, type HistoryEvent } from "./history.ts";
import { entityInstanceId, oversized, refusedInstanceId } from "./limits.ts";
import type { Orchestration } from "./orchestration.ts";
import type { Registry } from "./registry.ts";
import { isFinished } from "./state.ts";
import { type InstanceFilter, matches, runtimeStatusOf } from "./status.ts";

/** A request that is refused, with the HTTP status that tells why. */
export class ManagementRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "ManagementRefusal";
    this.status = status;
  }
}

/** What clients may ask of instances and entities. Each promise resolves when the change is stored. */
export class Management {
  readonly #registry: Registry;
  readonly #deps: EngineDeps;

  constructor(registry: Registry, deps: EngineDeps) {
    this.#registry = registry;
    this.#deps = deps;
  }

  /**
   * Starts an orchestration and returns its id.
   *
   * @param input JSON text.
   * @throws ManagementRefusal for an unknown function, an id that Azure refuses, or one whose instance has not ended.
   */
  async start(name: string, instanceId: string, input: string | null, version?: string): Promise<string> {
    const { orchestrations } = this.#deps.functions;
    if (!orchestrations.has(name.toLowerCase())) {
      const known = [...orchestrations].join(", ") || "none";
      throw new ManagementRefusal(400, `The function '${name}' is not an orchestrator function. Known ones: ${known}.`);
    }
    const refused = refusedInstanceId(instanceId);
    if (refused !== undefined) throw new ManagementRefusal(400, refused);
    this.#refuseUnfinished(instanceId);
    this.#checkSize(instanceId, `The input of orchestration "${name}"`, input);
    const versioned = version === undefined ? {} : { version };
    await this.#registry.start(instanceId, { name, input, origin: randomUUID(), ...versioned }).saved();
    return instanceId;
  }

  /** @throws ManagementRefusal if there is no such instance. */
  find(instanceId: string): Orchestration {
    const found = this.#registry.orchestrations.get(instanceId);
    if (found === undefined) throw new ManagementRefusal(404, `No instance with ID '${instanceId}' found.`);
    return found;
  }

  /** @param input JSON text. */
  async raiseEvent(instanceId: string, name: string, input: string): Promise<void> {
    this.#checkSize(instanceId, `The data of event "${name}"`, input);
    await this.#send(instanceId, { EventType: EventType.EventRaised, Name: name, Input: input });
  }

  async terminate(instanceId: string, reason: string): Promise<void> {
    await this.#send(instanceId, { EventType: EventType.ExecutionTerminated, Input: reason });
  }

  async suspend(instanceId: string, reason: string): Promise<void> {
    await this.#send(instanceId, { EventType: EventType.ExecutionSuspended, Input: reason });
  }

  async resume(instanceId: string, reason: string): Promise<void> {
    await this.#send(instanceId, { EventType: EventType.ExecutionResumed, Input: reason });
  }

  /** Starts an instance again with its first input, under a new id or its own. Returns the id. */
  async restart(instanceId: string, withNewId: boolean): Promise<string> {
    const { name, input, version } = this.find(instanceId).state;
    return await this.start(name, withNewId ? newInstanceId() : instanceId, input, version);
  }

  /** Removes one finished instance. */
  async purge(instanceId: string): Promise<number> {
    const { state } = this.find(instanceId);
    if (!isFinished(state.status)) {
      throw new ManagementRefusal(
        412,
        `Instance "${instanceId}" is ${runtimeStatusOf(state)}; only ended ones can be purged.`,
      );
    }
    await this.#remove([instanceId]);
    return 1;
  }

  /** Removes the finished instances that match, and returns how many there were. */
  async purgeAll(filter: InstanceFilter): Promise<number> {
    const purged = this.list(filter).filter(([, { status }]) => isFinished(status));
    await this.#remove(purged.map(([instanceId]) => instanceId));
    return purged.length;
  }

  /** The instances that match, sorted by id. */
  list(filter: InstanceFilter): [string, Orchestration["state"]][] {
    return [...this.#registry.orchestrations.values()]
      .map(({ instanceId, state }): [string, Orchestration["state"]] => [instanceId, state])
      .filter(([instanceId, state]) => matches(filter, instanceId, state))
      .sort(([one], [other]) => (one < other ? -1 : 1));
  }

  /** @param input JSON text. */
  async signalEntity(name: string, key: string, operation: string, input: string | undefined): Promise<void> {
    if (!this.#deps.functions.entities.has(name.toLowerCase())) {
      throw new ManagementRefusal(400, `The function '${name}' is not an entity function.`);
    }
    const instanceId = entityInstanceId(name, key);
    this.#checkSize(instanceId, `The input of operation "${operation}"`, input ?? null);
    const request = { id: randomUUID(), operation, ...(input !== undefined && { input }) };
    await this.#registry.entity(instanceId).accept(request);
  }

  async #send(instanceId: string, body: Parameters<typeof eventAt>[1]): Promise<void> {
    const instance = this.find(instanceId);
    if (isFinished(instance.state.status)) {
      throw new ManagementRefusal(410, `Instance "${instanceId}" has ended: it is ${instance.state.status}.`);
    }
    const event: HistoryEvent = eventAt(this.#deps.clock.now(), body);
    await instance.accept({ event });
  }

  #refuseUnfinished(instanceId: string): void {
    const existing = this.#registry.orchestrations.get(instanceId)?.state;
    if (existing === undefined || isFinished(existing.status)) return;
    const message = `An instance with ID '${instanceId}' is ${runtimeStatusOf(existing)} and must end before that ID can be started again.`;
    throw new ManagementRefusal(409, message);
  }

  async #remove(instanceIds: readonly string[]): Promise<void> {
    for (const instanceId of instanceIds) this.#registry.orchestrations.delete(instanceId);
    await Promise.all(instanceIds.map((instanceId) => this.#deps.remove(instanceId)));
  }

  #checkSize(instanceId: string, what: string, json: string | null): void {
    const message = json === null ? undefined : oversized(what, json);
    if (message !== undefined) this.#deps.report({ instanceId, code: "oversized-payload", message });
  }
}

/** An id for an instance that was not given one: a GUID without hyphens, as the extension makes them. */
export function newInstanceId(): string {
  return randomUUID().replaceAll("-", "");
}
