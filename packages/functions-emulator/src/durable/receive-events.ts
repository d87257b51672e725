import { type Draft, openActivity, openChild, openTimer } from "./draft.ts";
import { completedTaskId, EventType, type HistoryEvent } from "./history.ts";
import { isLastAttempt, pauseAfterFailure } from "./retries.ts";
import type { Attempt, OpenTask, OrchestrationState } from "./state.ts";
import { nextHop } from "./timers.ts";

/**
 * Puts events into the episode and takes the ids that the library takes while it reads them, before the orchestrator's
 * own code goes on: the pause of a retry, the next attempt, the next hop of a long timer.
 */
export function receiveEvents(draft: Draft, events: readonly HistoryEvent[]): void {
  for (const event of events) {
    draft.state.history.push(event);
    if (event.EventType === EventType.EventRaised) closeEntityCall(draft.state, event.Name);
    const id = completedTaskId(event);
    const task = id === undefined ? undefined : draft.state.open[id];
    if (id === undefined || task === undefined) continue;
    delete draft.state.open[id];
    follow(draft, id, task, event);
  }
}

/** Whether the library takes ids of its own when it reads this event. Such an event must be the first of its episode. */
export function takesIds(state: OrchestrationState, event: HistoryEvent, now: number): boolean {
  const task = state.open[completedTaskId(event) ?? -1];
  if (task?.type === "timer") return hasNextHop(task, now);
  if (task?.type === "retry-timer") return !isLastAttempt(task.attempt);
  return isFailure(event) && task !== undefined && "attempt" in task;
}

function hasNextHop(timer: { fireAt: number; finalFireAt: number }, now: number): boolean {
  return timer.fireAt < timer.finalFireAt && now < timer.finalFireAt;
}

function follow(draft: Draft, id: number, task: OpenTask, event: HistoryEvent): void {
  const { now } = draft;
  if (task.type === "timer" && hasNextHop(task, now)) {
    openTimer(draft, { ...task, fireAt: nextHop(now, task.finalFireAt), firstHop: task.firstHop ?? id });
  } else if (task.type === "retry-timer") {
    if (!isLastAttempt(task.attempt)) again(draft, task.failedId, { ...task.attempt, number: task.attempt.number + 1 });
  } else if ((task.type === "activity" || task.type === "child") && task.attempt && isFailure(event)) {
    pause(draft, id, task.name, task.attempt);
  }
}

function pause(draft: Draft, failedId: number, name: string, attempt: Attempt): void {
  const milliseconds = pauseAfterFailure(attempt, draft.now);
  if (milliseconds === "timed-out") {
    const message = `The retry timeout of "${name}" ran out after ${attempt.number} attempts. Azure never tells the orchestrator, which waits for ever: limit retries by their number.`;
    draft.violations.push({ code: "retry-timeout", message });
  } else {
    openTimer(draft, { type: "retry-timer", fireAt: draft.now + milliseconds, failedId, attempt });
  }
}

function again(draft: Draft, failedId: number, attempt: Attempt): void {
  const first = scheduledEvent(draft.state.history, failedId);
  if (first.EventType === EventType.TaskScheduled) {
    openActivity(draft, first.Name, first.Input, attempt);
  } else {
    const { Name: name, Version: version, Input: input, InstanceId: instanceId } = first;
    const given = instanceId === `${draft.state.executionId}:${failedId}` ? {} : { instanceId };
    openChild(draft, { name, ...(version !== undefined && { version }), ...given, input }, attempt);
  }
}

type ScheduledEvent = HistoryEvent & {
  EventType: typeof EventType.TaskScheduled | typeof EventType.SubOrchestrationInstanceCreated;
};

/** The event that scheduled the activity or sub-orchestration with this task id. */
export function scheduledEvent(history: readonly HistoryEvent[], taskId: number): ScheduledEvent {
  const found = history.findLast((event): event is ScheduledEvent => isScheduling(event) && event.EventId === taskId);
  if (found === undefined) throw new Error(`The history says nothing about the scheduling of task ${taskId}.`);
  return found;
}

function isScheduling({ EventType: type }: HistoryEvent): boolean {
  return type === EventType.TaskScheduled || type === EventType.SubOrchestrationInstanceCreated;
}

function isFailure({ EventType: type }: HistoryEvent): boolean {
  return type === EventType.TaskFailed || type === EventType.SubOrchestrationInstanceFailed;
}

function closeEntityCall(state: OrchestrationState, requestId: string): void {
  const call = Object.entries(state.open).find(([, task]) => task.type === "entity" && task.requestId === requestId);
  if (call !== undefined) delete state.open[call[0]];
}
