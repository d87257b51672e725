import { randomUUID } from "node:crypto";
import type { DurableEngineOptions, Violation } from "./contract.ts";
import { type Draft, openActivity, openChild, openNext, openTimer } from "./draft.ts";
import { EventType, eventAt } from "./history.ts";
import { checkPayload, parseEntityInstanceId, refusedInstanceId } from "./limits.ts";
import {
  type Action,
  ActionType,
  nextHop,
  OrchestrationRefused,
  type OrchestratorAnswer,
  parseAction,
  signature,
} from "./protocol.ts";
import { compareWithScheduled, distinctActions } from "./replay-check.ts";
import type { Attempt, OrchestrationState, RetryOptions } from "./state.ts";

/**
 * Acts on the actions of an answer that are new since the last episode, in their order, and drops timers that the
 * orchestrator has cancelled since.
 *
 * @throws OrchestrationRefused when the replay differs from the one before, or an action is not acceptable.
 */
export function scheduleActions(
  draft: Draft,
  answer: OrchestratorAnswer,
  functions: DurableEngineOptions["functions"],
): void {
  const distinct = distinctActions(draft, answer);
  compareWithScheduled(draft, distinct);
  const { scheduled, open } = draft.state;
  for (const [index, raw] of distinct.entries()) {
    const known = scheduled[index];
    if (known === undefined) {
      const { type, name } = signature(raw);
      scheduled.push({ type, name, id: scheduleAction(draft, parseAction(raw), functions) });
    } else if (known.type === ActionType.CreateTimer && "isCanceled" in raw && raw.isCanceled === true) {
      cancelTimer(open, known.id);
    }
  }
}

/** Drops a timer; of a long one, the hop that is pending. */
function cancelTimer(open: OrchestrationState["open"], firstId: number): void {
  const isIt = ([id, task]: (typeof entries)[number]) =>
    task.type === "timer" && (task.firstHop ?? Number(id)) === firstId;
  const entries = Object.entries(open);
  const found = entries.find(isIt);
  if (found !== undefined) delete open[found[0]];
}

type Functions = DurableEngineOptions["functions"];
type Of<Type extends Action["actionType"]> = Extract<Action, { actionType: Type }>;

/**
 * Schedules what one new action asks for, and takes the task id that the library took for it: -1 for actions without.
 *
 * @throws OrchestrationRefused for what Azure refuses by failing the orchestration.
 */
function scheduleAction(draft: Draft, action: Action, functions: Functions): number {
  switch (action.actionType) {
    case ActionType.CallActivity:
    case ActionType.CallActivityWithRetry:
      return callActivity(draft, action, functions);
    case ActionType.CallSubOrchestrator:
    case ActionType.CallSubOrchestratorWithRetry:
      return callChild(draft, action, functions);
    case ActionType.CreateTimer:
      return createTimer(draft, action);
    case ActionType.CallEntity:
    case ActionType.SignalEntity:
      return askEntity(draft, action, functions);
    case ActionType.ContinueAsNew:
      payload(draft, "The input of continueAsNew", action.input);
      return -1;
    case ActionType.WaitForExternalEvent:
      return -1;
    case ActionType.CallHttp:
      throw new OrchestrationRefused(
        "unsupported-action",
        `This host does not run callHttp (${action.httpRequest.uri}): call the address from an activity.`,
      );
  }
}

function callActivity(
  draft: Draft,
  action: Of<typeof ActionType.CallActivity> | Of<typeof ActionType.CallActivityWithRetry>,
  functions: Functions,
): number {
  const { functionName: name, input } = action;
  requireFunction("activity", name, functions.activities);
  const text = payload(draft, `The input of activity "${name}"`, input) ?? "null";
  return openActivity(
    draft,
    name,
    `[${text}]`,
    firstAttempt(draft, "retryOptions" in action ? action.retryOptions : undefined),
  );
}

function callChild(
  draft: Draft,
  action: Of<typeof ActionType.CallSubOrchestrator> | Of<typeof ActionType.CallSubOrchestratorWithRetry>,
  functions: Functions,
): number {
  const { functionName: name, input } = action;
  requireFunction("orchestrator", name, functions.orchestrations);
  const instanceId = action.instanceId || undefined;
  if (instanceId !== undefined) requireFreeInstanceId(draft, instanceId);
  const text = payload(draft, `The input of sub-orchestration "${name}"`, input) ?? null;
  const version = action.version ? { version: action.version } : {};
  const call = { name, ...version, ...(instanceId !== undefined && { instanceId }), input: text };
  return openChild(draft, call, firstAttempt(draft, "retryOptions" in action ? action.retryOptions : undefined));
}

function createTimer(draft: Draft, { fireAt, isCanceled }: Of<typeof ActionType.CreateTimer>): number {
  const finalFireAt = fireAt.getTime();
  if (isCanceled) return draft.state.nextId++;
  return openTimer(draft, { type: "timer", fireAt: nextHop(draft.now, finalFireAt), finalFireAt });
}

function askEntity(
  draft: Draft,
  action: Of<typeof ActionType.CallEntity> | Of<typeof ActionType.SignalEntity>,
  functions: Functions,
): number {
  const { instanceId: to, operation } = action;
  requireFunction("entity", parseEntityInstanceId(to).name, functions.entities);
  const input = payload(draft, `The input of operation "${operation}" of ${to}`, action.input);
  const id = randomUUID();
  const isSignal = action.actionType === ActionType.SignalEntity;
  const taskId = isSignal ? draft.state.nextId++ : openNext(draft, { type: "entity", entityId: to, requestId: id });
  const { executionId } = draft.state;
  const sent = JSON.stringify({ op: operation, signal: isSignal, input, id, parent: draft.instanceId });
  draft.created.push(
    eventAt(draft.now, { EventType: EventType.EventSent, InstanceId: to, Name: "op", Input: sent }, taskId),
  );
  const caller = isSignal ? {} : { caller: { instanceId: draft.instanceId, executionId } };
  const request = { id, operation, ...(input !== undefined && { input }), ...caller };
  draft.outgoing.push({ type: "operation", to, request });
  return taskId;
}

function payload(draft: Draft, what: string, value: unknown): string | undefined {
  const report = (found: Pick<Violation, "code" | "message">) => void draft.violations.push(found);
  const text = checkPayload(what, value, report);
  if (text instanceof Error) throw new OrchestrationRefused("not-json", text.message);
  return text;
}

function firstAttempt(draft: Draft, options: RetryOptions | undefined): Attempt | undefined {
  return options && { number: 1, firstAt: draft.now, options };
}

function requireFunction(kind: string, name: string, known: ReadonlySet<string>): void {
  if (known.has(name.toLowerCase())) return;
  throw new OrchestrationRefused(
    "unknown-function",
    `The function '${name}' doesn't exist, is disabled, or is not an ${kind} function. Known ${kind} functions: ${[...known].join(", ") || "none"}.`,
  );
}

function requireFreeInstanceId(draft: Draft, instanceId: string): void {
  const own = [draft.instanceId, draft.state.parent?.instanceId].map((id) => id?.toLowerCase());
  const refused = own.includes(instanceId.toLowerCase())
    ? `The sub-orchestration's instance id "${instanceId}" is that of its parent.`
    : refusedInstanceId(instanceId);
  if (refused !== undefined) throw new OrchestrationRefused("invalid-instance-id", refused);
}
