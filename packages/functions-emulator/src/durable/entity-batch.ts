import { randomUUID } from "node:crypto";
import { z } from "zod";
import { errorMessage } from "./failures.ts";
import { EventType, eventAt } from "./history.ts";
import { entityInstanceId, parseEntityInstanceId } from "./instance-id.ts";
import { oversized } from "./payloads.ts";
import type { EntityRequest, EntityState, Message } from "./state.ts";
import type { Surroundings } from "./surroundings.ts";

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
export async function runEntityBatch(
  instanceId: string,
  entity: EntityValue,
  requests: readonly EntityRequest[],
  surroundings: Surroundings,
): Promise<{ next: EntityValue; outgoing: Message[] }> {
  const self = parseEntityInstanceId(instanceId);
  const batch = requests.map(({ id, operation, input, caller }) => ({
    id,
    name: operation,
    input,
    isSignal: caller === undefined,
  }));
  const trigger = JSON.stringify({ self, exists: entity.exists, state: entity.state, batch });
  const outcome = await surroundings.invoke("entity", self.name, trigger);
  const answer = "value" in outcome ? batchAnswer.safeParse(outcome.value) : undefined;
  if (answer?.success !== true) {
    const message = "error" in outcome ? errorMessage(outcome.error) : "it did not answer with an entity's state";
    surroundings.log("error", `Entity ${instanceId} failed, its state stays as it was: ${message}`);
    const result = { isError: true, result: JSON.stringify(message) };
    return { next: entity, outgoing: requests.flatMap((request) => reply(request, result, surroundings)) };
  }
  const { entityExists: exists, entityState, results, signals } = answer.data;
  const replies = requests.flatMap((request, index) => {
    const result = results[index] ?? { isError: false };
    const large =
      result.result === undefined ? undefined : oversized(`The result of ${request.operation}`, result.result);
    if (large !== undefined) surroundings.report({ instanceId, code: "oversized-payload", message: large });
    return reply(request, result, surroundings);
  });
  return { next: { exists, state: entityState ?? null }, outgoing: [...replies, ...signals.map(signal)] };
}

function reply(
  { id, caller }: EntityRequest,
  { isError, result }: BatchAnswer["results"][number],
  { clock }: Surroundings,
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
