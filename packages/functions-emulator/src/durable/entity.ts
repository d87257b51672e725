import { runEntityBatch } from "./entity-batch.ts";
import { Outbox } from "./outbox.ts";
import type { EntityRequest, EntityState } from "./state.ts";
import type { Surroundings } from "./surroundings.ts";
import { type Step, Turns } from "./turns.ts";

/** The most operations that one invocation runs (`maxEntityOperationBatchSize`, 50 on the Consumption plan). */
const maximumBatch = 50;

/** How many ids of past requests are remembered, to know one that is delivered again after a restart. */
const remembered = 1000;

/** One entity at work: its operations run one after the other. */
export class Entity {
  readonly instanceId: string;
  readonly state: Readonly<EntityState>;
  readonly #state: EntityState;
  readonly #surroundings: Surroundings;
  readonly #turns: Turns;
  readonly #outbox: Outbox;

  constructor(instanceId: string, state: EntityState, surroundings: Surroundings) {
    this.instanceId = instanceId;
    this.state = state;
    this.#state = state;
    this.#surroundings = surroundings;
    this.#outbox = new Outbox(surroundings, state);
    this.#turns = new Turns({
      work: surroundings.work,
      plan: () => this.#plan(),
      save: () => surroundings.save(instanceId, state),
      onError: (error) =>
        surroundings.log("error", `Entity ${instanceId} stopped, and goes on with its next operation: ${error}`),
    });
  }

  /** Goes on with what is waiting, after it was loaded. */
  resume(): void {
    this.#outbox.deliver();
    this.#turns.kick();
  }

  /** Takes an operation in, unless it had it before. Resolves when that is saved. */
  accept(request: EntityRequest): Promise<void> {
    const { queue, recent } = this.#state;
    if (recent.includes(request.id)) return Promise.resolve();
    queue.push(request);
    this.#state.recent = [...recent.slice(1 - remembered), request.id];
    return this.#turns.saved();
  }

  #plan(): Step | undefined {
    if (this.#surroundings.stopping || this.#state.queue.length === 0) return undefined;
    return () => this.#runBatch(this.#state.queue.slice(0, maximumBatch));
  }

  async #runBatch(requests: EntityRequest[]): Promise<() => void> {
    const { next, outgoing } = await runEntityBatch(this.instanceId, this.#state, requests, this.#surroundings);
    const state = this.#state;
    Object.assign(state, next, {
      queue: state.queue.slice(requests.length),
      outbox: [...state.outbox, ...outgoing],
      lastUpdatedTime: this.#surroundings.clock.now(),
    });
    return () => this.#outbox.deliver();
  }
}
