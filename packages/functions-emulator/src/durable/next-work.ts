import { completedTaskId, EventType, type HistoryEvent } from "./history.ts";
import { takesIds } from "./receive-events.ts";
import type { InboxItem, OrchestrationState } from "./state.ts";

/** What an instance does next with its inbox. */
export type NextWork =
  | { type: "terminate" | "suspend" | "resume"; item: InboxItem }
  | { type: "episode"; items: InboxItem[] };

/**
 * Looks into the inbox of an instance that is between two episodes.
 *
 * An episode takes several events where their order among the task ids is beyond doubt: the library numbers the tasks
 * of a retry or a long timer while it reads the event, before the orchestrator's code goes on, so such an event comes
 * first in an episode; and an event from outside comes last, so that it is clear what happened before it.
 */
export function nextWork(state: OrchestrationState, now: number): NextWork | undefined {
  const { inbox } = state;
  const terminate = inbox.find(({ event }) => event.EventType === EventType.ExecutionTerminated);
  if (terminate !== undefined) return { type: "terminate", item: terminate };
  if (state.suspended) {
    const resume = inbox.find(({ event }) => event.EventType === EventType.ExecutionResumed);
    return resume && { type: "resume", item: resume };
  }
  const items: InboxItem[] = [];
  for (const item of inbox) {
    const { event } = item;
    const isFirst = items.length === 0;
    if (event.EventType === EventType.ExecutionResumed || event.EventType === EventType.ExecutionSuspended) {
      const type = event.EventType === EventType.ExecutionResumed ? "resume" : "suspend";
      if (isFirst) return { type, item };
      break;
    }
    if (state.held && isFromOutside(item)) continue;
    if (!isFirst && takesIds(state, event, now)) break;
    items.push(item);
    if (isFromOutside(item)) break;
  }
  return items.length === 0 ? undefined : { type: "episode", items };
}

/** Whether an instance waits for this item: it is from outside, or about a task of this execution that is still open. */
export function isAwaited(state: OrchestrationState, item: InboxItem): boolean {
  if (item.executionId === undefined) return true;
  if (item.executionId !== state.executionId) return false;
  const { event } = item;
  const id = completedTaskId(event);
  if (id !== undefined) return id in state.open;
  return Object.values(state.open).some((task) => task.type === "entity" && task.requestId === replyTo(event));
}

/** Whether two items are the same news, delivered twice. */
export function isSameNews(one: InboxItem, other: InboxItem): boolean {
  if (one.executionId === undefined || one.executionId !== other.executionId) return false;
  const id = completedTaskId(one.event);
  return id === completedTaskId(other.event) && replyTo(one.event) === replyTo(other.event);
}

function isFromOutside({ event, executionId }: InboxItem): boolean {
  return event.EventType === EventType.EventRaised && executionId === undefined;
}

function replyTo(event: HistoryEvent): string | undefined {
  return event.EventType === EventType.EventRaised ? event.Name : undefined;
}
