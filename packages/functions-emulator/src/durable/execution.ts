import { randomUUID } from "node:crypto";
import type { Draft } from "./draft.ts";
import { childFailure, EventType, eventAt, type HistoryEvent } from "./history.ts";
import { ActionType, flatten, type OrchestratorAnswer, signature } from "./protocol.ts";
import type { Message, OrchestrationState } from "./state.ts";

/** Durable Task's numbers for the ways to end. */
const statusNumber = { Completed: 1, Failed: 3, Terminated: 5 } as const;

/**
 * Ends an instance, and returns what its parent is told, if it has one.
 *
 * @param output JSON text of the result, or of the reason of a failure or a termination.
 */
export function finish(
  state: OrchestrationState,
  now: number,
  { status, output }: { status: keyof typeof statusNumber; output: string | null },
  failureDetails: boolean,
): Message | undefined {
  const { ExecutionCompleted, OrchestratorCompleted } = EventType;
  const OrchestrationStatus = statusNumber[status];
  state.history.push(eventAt(now, { EventType: ExecutionCompleted, OrchestrationStatus, Result: output }));
  state.history.push(eventAt(now, { EventType: OrchestratorCompleted }));
  Object.assign(state, { status, output, open: {}, held: false, suspended: false, lastUpdatedTime: now });
  if (state.parent === undefined) return undefined;
  const { instanceId: to, executionId, taskId: TaskScheduledId } = state.parent;
  const { SubOrchestrationInstanceCompleted, SubOrchestrationInstanceFailed } = EventType;
  const body =
    status === "Completed"
      ? { EventType: SubOrchestrationInstanceCompleted, TaskScheduledId, Result: output ?? "null" }
      : {
          EventType: SubOrchestrationInstanceFailed,
          TaskScheduledId,
          ...childFailure(String(JSON.parse(output ?? '""')), failureDetails),
        };
  return { type: "event", to, executionId, event: eventAt(now, body) };
}

/** The input (JSON text) that an orchestrator gave to `continueAsNew`; undefined if it did not call that. */
export function continuedWith(answer: OrchestratorAnswer): string | undefined {
  const call = flatten(answer.actions).find((raw) => signature(raw).type === ActionType.ContinueAsNew);
  if (call === undefined) return undefined;
  return JSON.stringify("input" in call ? (call.input ?? null) : null);
}

/** The first event of an execution. */
export function executionStarted(state: OrchestrationState, now: number): HistoryEvent {
  const version = state.version === undefined ? {} : { Version: state.version };
  return eventAt(now, { EventType: EventType.ExecutionStarted, Name: state.name, ...version, Input: state.input });
}

/** Begins the next execution of an instance, with an empty history. The custom status stays. */
export function beginNextExecution(state: OrchestrationState, now: number, input: string): void {
  Object.assign(state, {
    executionId: randomUUID(),
    input,
    history: [],
    scheduled: [],
    repeats: [],
    open: {},
    nextId: 0,
    held: false,
    createdTime: now, // the Azure Storage backend keeps the start of the latest execution here
  });
}

/**
 * Gives the last event of the episode back if nobody awaited it: it came after `continueAsNew` was called, and Durable
 * Task carries such events over to the next execution. An event is always the last one of its episode.
 */
export function giveBackUnawaited({ state, returned }: Draft): void {
  const last = state.history.at(-1);
  if (last === undefined || !unawaitedEvents(state).some((event) => event === last)) return;
  state.history.pop();
  returned.push(last);
}

/** Events in the history that no `waitForExternalEvent` took; the library hands them out by name, oldest first. */
export function unawaitedEvents({ history, scheduled }: OrchestrationState): (HistoryEvent & { Name: string })[] {
  const waits = scheduled.filter(({ type }) => type === ActionType.WaitForExternalEvent).map(({ name }) => name);
  const replies = new Set(history.map(entityRequestId));
  return history.filter((event): event is HistoryEvent & { EventType: typeof EventType.EventRaised } => {
    if (event.EventType !== EventType.EventRaised || replies.has(event.Name)) return false;
    const wait = waits.indexOf(event.Name);
    if (wait >= 0) waits.splice(wait, 1);
    return wait < 0;
  });
}

function entityRequestId(event: HistoryEvent): string | undefined {
  return event.EventType === EventType.EventSent ? (JSON.parse(event.Input) as { id: string }).id : undefined;
}
