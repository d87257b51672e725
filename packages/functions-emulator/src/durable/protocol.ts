import { z } from "zod";
import type { InvokeOutcome, ViolationCode } from "./contract.ts";
import { errorMessage, type HistoryEvent } from "./history.ts";
import { type OrchestrationState, retryOptions } from "./state.ts";

const day = 24 * 60 * 60 * 1000;

/** The longest timer that is made in one piece, in milliseconds: 6 days with the Azure Storage backend. */
export const maximumShortTimer = 6 * day;

/** The length of one hop of a longer timer, in milliseconds: 3 days with the Azure Storage backend. */
export const longTimerInterval = 3 * day;

/** When the next hop of a timer fires that is asked at `now` for `finalFireAt`; a short timer has one hop. */
export function nextHop(now: number, finalFireAt: number): number {
  return finalFireAt - now > maximumShortTimer ? now + longTimerInterval : finalFireAt;
}

/** A duration as .NET writes it, `days.hh:mm:ss`; whole days are all we need. */
export function timeSpan(milliseconds: number): string {
  return `${milliseconds / day}.00:00:00`;
}

/** What the extension tells the library beside the history. Replay schema V3 is number 2; V4 only adds entity locks. */
const constants = {
  upperSchemaVersion: 1,
  upperSchemaVersionNew: 2,
  longRunningTimerIntervalDuration: timeSpan(longTimerInterval),
  maximumShortTimerDuration: timeSpan(maximumShortTimer),
  defaultHttpAsyncRequestSleepTimeMillseconds: 30_000, // the missing "i" is the extension's
};

/**
 * The JSON text that an orchestration trigger receives.
 *
 * @param played how many events of the history earlier episodes have seen.
 */
export function orchestrationTrigger(
  instanceId: string,
  state: Pick<OrchestrationState, "input" | "parent">,
  history: readonly HistoryEvent[],
  played: number,
): string {
  const text = JSON.stringify({
    ...constants,
    instanceId,
    parentInstanceId: state.parent?.instanceId ?? null,
    isReplaying: played > 0,
    history: history.map((event, index) => ({ ...event, IsPlayed: index < played })),
  });
  return `${text.slice(0, -1)},"input":${state.input ?? "null"}}`;
}

/** What `durable-functions` makes of one replay, brought into one shape. */
export interface OrchestratorAnswer {
  /** The cumulative list of actions. */
  actions: readonly unknown[];
  /** The answer was read from text, so the same action may be there as two equal objects. */
  fromText: boolean;
  isDone: boolean;
  output: unknown;
  customStatus: unknown;
  /** The message of what the orchestrator threw; `""` if it threw something that has none. */
  error: string | undefined;
  /** The orchestrator could not be replayed at all, so its actions are not known. */
  broken: boolean;
}

const libraryState = z.looseObject({
  isDone: z.boolean(),
  actions: z.array(z.array(z.unknown())).max(1),
  output: z.unknown().optional(),
  customStatus: z.unknown().optional(),
  error: z.string().optional(),
});

/** How the library marks its state in the message of the error that it throws for a failed orchestrator. */
const stateLabel = "\n\n$OutOfProcData$:";

/** Reads what came of invoking an orchestrator: the library's state, or an error that may carry it. */
export function readAnswer(outcome: InvokeOutcome): OrchestratorAnswer {
  if ("value" in outcome) return fromState(outcome.value);
  const message = errorMessage(outcome.error);
  const label = message.indexOf(stateLabel);
  if (label < 0) return broken(message);
  const answer = fromState(parse(message.slice(label + stateLabel.length)));
  return { ...answer, fromText: true, error: answer.error ?? "" };
}

function fromState(value: unknown): OrchestratorAnswer {
  const state = libraryState.safeParse(value);
  if (!state.success)
    return broken("it did not answer with an orchestrator's state: was it registered by df.app.orchestration?");
  const raw = Object(value) as { actions: unknown[][] }; // the parsed copy has lost the identity of the actions
  const { isDone, output, customStatus, error } = state.data;
  return { actions: raw.actions[0] ?? [], fromText: false, isDone, output, customStatus, error, broken: false };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function broken(error: string): OrchestratorAnswer {
  return {
    actions: [],
    fromText: true,
    isDone: false,
    output: undefined,
    customStatus: undefined,
    error,
    broken: true,
  };
}

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

/** A reason for which Azure itself fails an orchestration, whatever the orchestrator does. */
export class OrchestrationRefused extends Error {
  readonly code: ViolationCode;

  constructor(code: ViolationCode, message: string) {
    super(message);
    this.name = "OrchestrationRefused";
    this.code = code;
  }
}
