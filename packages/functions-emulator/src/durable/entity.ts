import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { EngineDeps } from "./engine-deps.ts";
import { EventType, errorMessage, eventAt } from "./history.ts";
import { entityInstanceId, oversized, parseEntityInstanceId } from "./limits.ts";
import { Mailbox, Outbox, type Step } from "./mailbox.ts";
import type { EntityRequest, EntityState, Message } from "./state.ts";

/** The most operations that one invocation runs (`maxEntityOperationBatchSize`, 50 on the Consumption plan). */
const maximumBatch = 50;

/** How many ids of past requests are remembered, to know one that is delivered again after a restart. */
const remembered = 1000;

/** One entity at work: its operations run one after the other. */
export class Entity {
  readonly instanceId: string;
  readonly state: Readonly<EntityState>;
  readonly #state: EntityState;
  readonly #deps: EngineDeps;
  readonly #mailbox: Mailbox;
  readonly #outbox: Outbox;

  constructor(instanceId: string, state: EntityState, deps: EngineDeps) {
    this.instanceId = instanceId;
    this.state = state;
    this.#state = state;
    this.#deps = deps;
    this.#outbox = new Outbox(deps, state);
    this.#mailbox = new Mailbox({
      work: deps.work,
      plan: () => this.#plan(),
      save: () => deps.save(instanceId, state),
      onError: (error) =>
        deps.log("error", `Entity ${instanceId} stopped, and goes on with its next operation: ${error}`),
    });
  }

  /** Goes on with what is waiting, after it was loaded. */
  resume(): void {
    this.#outbox.deliver();
    this.#mailbox.kick();
  }

  /** Takes an operation in, unless it had it before. Resolves when that is saved. */
  accept(request: EntityRequest): Promise<void> {
    const { queue, recent } = this.#state;
    if (recent.includes(request.id)) return Promise.resolve();
    queue.push(request);
    this.#state.recent = [...recent.slice(1 - remembered), request.id];
    return this.#mailbox.saved();
  }

  #plan(): Step | undefined {
    if (this.#deps.stopping || this.#state.queue.length === 0) return undefined;
    return () => this.#runBatch(this.#state.queue.slice(0, maximumBatch));
  }

  async #runBatch(requests: EntityRequest[]): Promise<() => void> {
    const { next, outgoing } = await runEntityBatch(this.instanceId, this.#state, requests, this.#deps);
    const state = this.#state;
    Object.assign(state, next, {
      queue: state.queue.slice(requests.length),
      outbox: [...state.outbox, ...outgoing],
      lastUpdatedTime: this.#deps.clock.now(),
    });
    return () => this.#outbox.deliver();
  }
}

/** What `durable-functions` answers for a batch of operations. States, inputs and results are JSON texts. */
const batchAnswer = z.looseObject({
  entityExists: z.boolean(),
  entityState: z.string().nullish(),
  results: z.array(z.looseObject({ isError: z.boolean(), result: z.string().optional() })),
  signals: z.array(
    z.looseObject({
      target: z.looseObject({ name: z.string(), key: z.string() }),
      name: z.string(),
      input: z.string(),
    }),
  ),
});
type BatchAnswer = z.infer<typeof batchAnswer>;

type EntityValue = Pick<EntityState, "exists" | "state">;

/** Runs operations on an entity in their order. Returns its next value and what is to be sent. */
async function runEntityBatch(
  instanceId: string,
  entity: EntityValue,
  requests: readonly EntityRequest[],
  deps: EngineDeps,
): Promise<{ next: EntityValue; outgoing: Message[] }> {
  const self = parseEntityInstanceId(instanceId);
  const batch = requests.map(({ id, operation, input, caller }) => ({
    id,
    name: operation,
    input,
    isSignal: caller === undefined,
  }));
  const trigger = JSON.stringify({ self, exists: entity.exists, state: entity.state, batch });
  const outcome = await deps.invoke("entity", self.name, trigger);
  const answer = "value" in outcome ? batchAnswer.safeParse(outcome.value) : undefined;
  if (answer?.success !== true) {
    const message = "error" in outcome ? errorMessage(outcome.error) : "it did not answer with an entity's state";
    deps.log("error", `Entity ${instanceId} failed, its state stays as it was: ${message}`);
    const result = { isError: true, result: JSON.stringify(message) };
    return { next: entity, outgoing: requests.flatMap((request) => reply(request, result, deps)) };
  }
  const { entityExists: exists, entityState, results, signals } = answer.data;
  const replies = requests.flatMap((request, index) => {
    const result = results[index] ?? { isError: false };
    const large =
      result.result === undefined ? undefined : oversized(`The result of ${request.operation}`, result.result);
    if (large !== undefined) deps.report({ instanceId, code: "oversized-payload", message: large });
    return reply(request, result, deps);
  });
  return { next: { exists, state: entityState ?? null }, outgoing: [...replies, ...signals.map(signal)] };
}

function reply(
  { id, caller }: EntityRequest,
  { isError, result }: BatchAnswer["results"][number],
  { clock }: EngineDeps,
): Message[] {
  if (caller === undefined) return [];
  const Input = JSON.stringify({ result, ...(isError && { exceptionType: "Error" }) });
  const event = eventAt(clock.now(), { EventType: EventType.EventRaised, Name: id, Input });
  return [{ type: "event", to: caller.instanceId, executionId: caller.executionId, event }];
}

function signal({ target, name: operation, input }: BatchAnswer["signals"][number]): Message {
  const request = { id: randomUUID(), operation, ...(input !== "" && { input }) };
  return { type: "operation", to: entityInstanceId(target.name, target.key), request };
}
