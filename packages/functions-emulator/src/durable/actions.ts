import { z } from "zod";
import { OrchestrationRefused } from "./refusal.ts";
import { retryOptions } from "./state.ts";

/** The numbers of the actions that `durable-functions` answers with. */
export const ActionType = {
  CallActivity: 0,
  CallActivityWithRetry: 1,
  CallSubOrchestrator: 2,
  CallSubOrchestratorWithRetry: 3,
  ContinueAsNew: 4,
  CreateTimer: 5,
  WaitForExternalEvent: 6,
  CallEntity: 7,
  CallHttp: 8,
  SignalEntity: 9,
  WhenAny: 11,
  WhenAll: 12,
} as const;

const call = { functionName: z.string(), input: z.unknown().optional() };
const child = { ...call, instanceId: z.string().nullish(), version: z.string().nullish() };
const operation = { instanceId: z.string().startsWith("@"), operation: z.string(), input: z.unknown().optional() };

/** One action that is not a `Task.any` or `Task.all`. Inputs are whatever the orchestrator passed. */
const action = z.discriminatedUnion("actionType", [
  z.object({ actionType: z.literal(ActionType.CallActivity), ...call }),
  z.object({ actionType: z.literal(ActionType.CallActivityWithRetry), ...call, retryOptions }),
  z.object({ actionType: z.literal(ActionType.CallSubOrchestrator), ...child }),
  z.object({ actionType: z.literal(ActionType.CallSubOrchestratorWithRetry), ...child, retryOptions }),
  z.object({ actionType: z.literal(ActionType.ContinueAsNew), input: z.unknown().optional() }),
  z.object({ actionType: z.literal(ActionType.CreateTimer), fireAt: z.coerce.date(), isCanceled: z.boolean() }),
  z.object({ actionType: z.literal(ActionType.WaitForExternalEvent), externalEventName: z.string() }),
  z.object({ actionType: z.literal(ActionType.CallEntity), ...operation }),
  z.object({ actionType: z.literal(ActionType.CallHttp), httpRequest: z.looseObject({ uri: z.string() }) }),
  z.object({ actionType: z.literal(ActionType.SignalEntity), ...operation }),
]);
/** An action as parsed. */
export type Action = z.infer<typeof action>;

/**
 * Reads one action of the library's answer.
 *
 * @throws OrchestrationRefused if this version of the protocol has no such action, or it lacks a field.
 */
export function parseAction(raw: object): Action {
  const parsed = action.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new OrchestrationRefused(
    "unknown-action",
    `Unknown action, ${describe(signature(raw))}: ${z.prettifyError(parsed.error)}`,
  );
}

/** All actions in the answer's list, the children of compound ones in their place, as the same objects, repeats included. */
export function flatten(actions: readonly unknown[]): object[] {
  return actions.flatMap((entry) => {
    const { actionType, compoundActions } = fields(entry);
    const compound = actionType === ActionType.WhenAny || actionType === ActionType.WhenAll;
    return compound && Array.isArray(compoundActions) ? flatten(compoundActions) : [Object(entry)];
  });
}

/** What a replay must repeat: the kind of the action, and whom it calls or what it waits for. */
export function signature(raw: object): { type: number; name: string } {
  const { actionType, functionName, externalEventName, instanceId, operation } = fields(raw);
  const entity = operation === undefined ? "" : `${instanceId} ${operation}`;
  return { type: Number(actionType), name: String(functionName ?? externalEventName ?? entity) };
}

/** An action in words, for messages. */
export function describe({ type, name }: { type: number; name: string }): string {
  const kind = Object.entries(ActionType).find(([, number]) => number === type)?.[0] ?? `action type ${type}`;
  return name === "" ? kind : `${kind} "${name}"`;
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
