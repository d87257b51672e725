import { EventType, type HistoryEvent } from "./history.ts";

type StatusEvent = Record<string, unknown>;

const names = new Map<number, string>(Object.entries(EventType).map(([name, number]) => [number, name]));

/** Fields that the management API leaves out of every event. */
const hidden = new Set(["EventId", "Input", "InstanceId", "TaskScheduledId", "TimerId", "Version"]);

/** The numbers of Durable Task's statuses, as the management API spells them. */
const statusNames = new Map<unknown, string>([
  [1, "Completed"],
  [3, "Failed"],
  [5, "Terminated"],
]);

/**
 * A history as the status of an instance shows it: event types by name, the markers of episodes left out, and what was
 * scheduled told with its completion. Results are shown if asked for, inputs never.
 */
export function statusHistory(history: readonly HistoryEvent[], showOutput: boolean): StatusEvent[] {
  const scheduled = new Map(history.filter(isScheduling).map((event) => [event.EventId, event]));
  const ended = new Set<number>();
  const shown = history.map((event): StatusEvent => {
    const entry = visibleFields(event, showOutput);
    if (event.EventType === EventType.ExecutionStarted) return { ...rename(entry), FunctionName: event.Name };
    const begun = "TaskScheduledId" in event ? scheduled.get(event.TaskScheduledId) : undefined;
    if (begun === undefined) return entry;
    ended.add(begun.EventId);
    return { ...entry, ScheduledTime: begun.Timestamp, FunctionName: begun.Name };
  });
  return shown.filter((_, index) => {
    const event = history[index];
    return event !== undefined && !isMarker(event) && !(isScheduling(event) && ended.has(event.EventId));
  });
}

type Scheduling = HistoryEvent & {
  EventType: typeof EventType.TaskScheduled | typeof EventType.SubOrchestrationInstanceCreated;
};

function isScheduling(event: HistoryEvent): event is Scheduling {
  return event.EventType === EventType.TaskScheduled || event.EventType === EventType.SubOrchestrationInstanceCreated;
}

function isMarker({ EventType: type }: HistoryEvent): boolean {
  return type === EventType.OrchestratorStarted || type === EventType.OrchestratorCompleted;
}

function visibleFields(event: HistoryEvent, showOutput: boolean): StatusEvent {
  const entry: StatusEvent = {};
  for (const [field, value] of Object.entries(event)) {
    if (hidden.has(field)) continue;
    if (field === "EventType") entry[field] = names.get(event.EventType);
    else if (field === "OrchestrationStatus") entry[field] = statusNames.get(value);
    else if (field !== "Result") entry[field] = value;
    else if (showOutput) entry[field] = typeof value === "string" ? JSON.parse(value) : null;
  }
  return entry;
}

function rename({ Name: _, ...entry }: StatusEvent): StatusEvent {
  return entry;
}
