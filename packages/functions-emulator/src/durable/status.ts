import { EventType, type HistoryEvent } from "./history.ts";
import type { OrchestrationState, RuntimeStatus } from "./state.ts";

/** What a status tells beside the essentials. */
export interface StatusOptions {
  showInput: boolean;
  showHistory: boolean;
  showHistoryOutput: boolean;
}

/** The status of an instance as the management API tells it. `input` and `output` are there even when they are null. */
export function statusOf(instanceId: string, state: OrchestrationState, options: StatusOptions) {
  return {
    name: state.name,
    instanceId,
    runtimeStatus: runtimeStatusOf(state),
    input: options.showInput ? parse(state.input) : null,
    customStatus: parse(state.customStatus),
    output: parse(state.output),
    createdTime: wholeSeconds(state.createdTime),
    lastUpdatedTime: wholeSeconds(state.lastUpdatedTime),
    ...(options.showHistory && { historyEvents: statusHistory(state.history, options.showHistoryOutput) }),
  };
}

/** The runtime status as clients know it, where being suspended is one of its values. */
export function runtimeStatusOf({ status, suspended }: OrchestrationState): RuntimeStatus | "Suspended" {
  return suspended ? "Suspended" : status;
}

/** A time as the extension writes it, `yyyy-MM-ddTHH:mm:ssZ`. */
export function wholeSeconds(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

function parse(json: string | null): unknown {
  return json === null ? null : JSON.parse(json);
}

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
function statusHistory(history: readonly HistoryEvent[], showOutput: boolean): StatusEvent[] {
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

/** Which instances a request is about. Times are milliseconds since 1970; an empty list of statuses means all. */
export interface InstanceFilter {
  createdFrom: number;
  createdTo: number;
  statuses: readonly string[];
  idPrefix: string;
}

/** Reads the filter from the query of a request; what is absent does not restrict. */
export function readFilter(query: URLSearchParams): InstanceFilter {
  return {
    createdFrom: readTime(query, "createdTimeFrom") ?? Number.NEGATIVE_INFINITY,
    createdTo: readTime(query, "createdTimeTo") ?? Number.POSITIVE_INFINITY,
    statuses: query.getAll("runtimeStatus").flatMap((value) => value.split(",").filter((status) => status !== "")),
    idPrefix: query.get("instanceIdPrefix") ?? "",
  };
}

/** Whether an instance is one that the filter lets through. */
export function matches(filter: InstanceFilter, instanceId: string, state: OrchestrationState): boolean {
  const { createdFrom, createdTo, statuses, idPrefix } = filter;
  if (state.createdTime < createdFrom || state.createdTime > createdTo || !instanceId.startsWith(idPrefix))
    return false;
  return statuses.length === 0 || statuses.includes(runtimeStatusOf(state));
}

/** How many things a page has: what the request says (`top`), or 100. */
export function pageSize(query: URLSearchParams): number {
  return Number(query.get("top")) || 100;
}

/** A page of things sorted by id, and the token for the next page if there is one. */
export function page<T>(
  sorted: readonly (readonly [string, T])[],
  size: number,
  token: string | undefined,
): { items: (readonly [string, T])[]; next: string | undefined } {
  const after = token === undefined ? undefined : Buffer.from(token, "base64url").toString();
  const rest = after === undefined ? sorted : sorted.filter(([id]) => id > after);
  const items = rest.slice(0, size);
  const last = items.at(-1)?.[0];
  const next = last === undefined || items.length === rest.length ? undefined : Buffer.from(last).toString("base64url");
  return { items, next };
}

function readTime(query: URLSearchParams, name: string): number | undefined {
  const time = Date.parse(query.get(name) ?? "");
  return Number.isNaN(time) ? undefined : time;
}
