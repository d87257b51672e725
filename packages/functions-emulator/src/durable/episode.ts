import type { EpisodeOptions } from "./contract.ts";
import { beginDraft, type Draft, openActivity, openChild, openTimer } from "./draft.ts";
import { completedTaskId, EventType, type HistoryEvent } from "./history.ts";
import { maximumShortTimer, nextHop, orchestrationTrigger, readAnswer } from "./protocol.ts";
import type { EndedExecution } from "./replay-check.ts";
import { settle } from "./settle.ts";
import type { Attempt, OpenTask, OrchestrationState } from "./state.ts";

/** What an episode leads to. Nothing of it is in effect yet. */
export interface Episode extends Pick<Draft, "state" | "outgoing" | "returned" | "violations"> {
  /** An execution that the orchestrator ended in this episode, to be checked by one more replay. */
  ended: EndedExecution | undefined;
}

/**
 * Lets the orchestrator see new events: replays its history with them, and works out what follows.
 *
 * @param now milliseconds since 1970, not before the time of an earlier episode.
 */
export async function runEpisode(
  instanceId: string,
  state: OrchestrationState,
  { events, now }: { events: readonly HistoryEvent[]; now: number },
  options: EpisodeOptions,
): Promise<Episode> {
  const draft = beginDraft(instanceId, state, now);
  receiveEvents(draft, events);
  const trigger = orchestrationTrigger(instanceId, state, draft.state.history, draft.played);
  const begun = process.cpuUsage();
  const outcome = await options.invoke("orchestration", state.name, trigger);
  // Of the processor: a machine that is busy with something else makes no orchestrator slow.
  const took = process.cpuUsage(begun).user / 1000;
  if (took > options.slowOrchestratorMilliseconds) {
    const message = `Orchestrator "${state.name}" computed for ${Math.round(took)} ms, and no other runs meanwhile: such work belongs into an activity.`;
    draft.violations.push({ code: "slow-orchestrator", message });
  }
  const ended = settle(draft, readAnswer(outcome), options);
  return { ...draft, ended };
}

/**
 * Puts events into the episode and takes the ids that the library takes while it reads them, before the orchestrator's
 * own code goes on: the pause of a retry, the next attempt, the next hop of a long timer.
 */
function receiveEvents(draft: Draft, events: readonly HistoryEvent[]): void {
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

/** A long timer goes on in hops until its time has come, the last of which may be early; a short one is over when it fires. */
function hasNextHop({ fireAt, finalFireAt, firstHop }: OpenTask & { type: "timer" }, now: number): boolean {
  const isLong = fireAt < finalFireAt || firstHop !== undefined;
  return isLong && now < finalFireAt;
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

/**
 * What follows a failed attempt at `now`: a pause in milliseconds, or nothing any more because the retry timeout ran
 * out. After the last attempt Durable Task still makes a timer, of no length, before it gives the error up.
 */
export function pauseAfterFailure(attempt: Attempt, now: number): number | "timed-out" {
  const { options, number, firstAt } = attempt;
  if (isLastAttempt(attempt)) return 0;
  if (now - firstAt >= (options.retryTimeoutInMilliseconds ?? Number.POSITIVE_INFINITY)) return "timed-out";
  const pause = options.firstRetryIntervalInMilliseconds * (options.backoffCoefficient ?? 1) ** (number - 1);
  return Math.min(pause, options.maxRetryIntervalInMilliseconds ?? maximumShortTimer);
}

/** Whether this was the last attempt that the options allow. */
function isLastAttempt({ number, options }: Attempt): boolean {
  return number >= options.maxNumberOfAttempts;
}
