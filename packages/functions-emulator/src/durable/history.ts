import { z } from "zod";

/** The numbers of the history events of the Durable Task Framework, which `durable-functions` reads. */
export const EventType = {
  ExecutionStarted: 0,
  ExecutionCompleted: 1,
  ExecutionTerminated: 3,
  TaskScheduled: 4,
  TaskCompleted: 5,
  TaskFailed: 6,
  SubOrchestrationInstanceCreated: 7,
  SubOrchestrationInstanceCompleted: 8,
  SubOrchestrationInstanceFailed: 9,
  TimerCreated: 10,
  TimerFired: 11,
  OrchestratorStarted: 12,
  OrchestratorCompleted: 13,
  EventSent: 14,
  EventRaised: 15,
  ExecutionSuspended: 19,
  ExecutionResumed: 20,
} as const;

/** What newer extensions say about a failure, beside the two texts `Reason` and `Details`. */
const failureDetails = z.object({
  ErrorType: z.string(),
  ErrorMessage: z.string(),
  StackTrace: z.string().optional(),
  IsNonRetriable: z.boolean(),
  Properties: z.record(z.string(), z.unknown()).optional(),
  get InnerFailure() {
    return failureDetails.optional();
  },
});
type FailureDetails = z.infer<typeof failureDetails>;

/** `EventId` is the task id of what was scheduled or created, and -1 otherwise; `Timestamp` is ISO 8601 in UTC. */
const common = { EventId: z.int(), Timestamp: z.string() };
const failure = { Reason: z.string(), Details: z.string(), FailureDetails: failureDetails.optional() };

/** One history event. `Input` and `Result` are JSON texts. */
export const historyEvent = z.discriminatedUnion("EventType", [
  z.object({
    EventType: z.literal(EventType.ExecutionStarted),
    ...common,
    Name: z.string(),
    Version: z.string().optional(),
    Input: z.string().nullable(),
  }),
  z.object({
    EventType: z.literal(EventType.ExecutionCompleted),
    ...common,
    OrchestrationStatus: z.int(),
    Result: z.string().nullable(),
  }),
  z.object({ EventType: z.literal(EventType.ExecutionTerminated), ...common, Input: z.string() }),
  z.object({ EventType: z.literal(EventType.TaskScheduled), ...common, Name: z.string(), Input: z.string() }),
  z.object({ EventType: z.literal(EventType.TaskCompleted), ...common, TaskScheduledId: z.int(), Result: z.string() }),
  z.object({ EventType: z.literal(EventType.TaskFailed), ...common, TaskScheduledId: z.int(), ...failure }),
  z.object({
    EventType: z.literal(EventType.SubOrchestrationInstanceCreated),
    ...common,
    Name: z.string(),
    Version: z.string().optional(),
    InstanceId: z.string(),
    Input: z.string().nullable(),
  }),
  z.object({
    EventType: z.literal(EventType.SubOrchestrationInstanceCompleted),
    ...common,
    TaskScheduledId: z.int(),
    Result: z.string(),
  }),
  z.object({
    EventType: z.literal(EventType.SubOrchestrationInstanceFailed),
    ...common,
    TaskScheduledId: z.int(),
    ...failure,
  }),
  z.object({ EventType: z.literal(EventType.TimerCreated), ...common, FireAt: z.string() }),
  z.object({ EventType: z.literal(EventType.TimerFired), ...common, TimerId: z.int(), FireAt: z.string() }),
  z.object({ EventType: z.literal(EventType.OrchestratorStarted), ...common }),
  z.object({ EventType: z.literal(EventType.OrchestratorCompleted), ...common }),
  z.object({
    EventType: z.literal(EventType.EventSent),
    ...common,
    InstanceId: z.string(),
    Name: z.string(),
    Input: z.string(),
  }),
  z.object({ EventType: z.literal(EventType.EventRaised), ...common, Name: z.string(), Input: z.string() }),
  z.object({ EventType: z.literal(EventType.ExecutionSuspended), ...common, Input: z.string() }),
  z.object({ EventType: z.literal(EventType.ExecutionResumed), ...common, Input: z.string() }),
]);
export type HistoryEvent = z.infer<typeof historyEvent>;

type Body<Event> = Event extends unknown ? Omit<Event, "EventId" | "Timestamp"> : never;

/** An event that happens at `time` (milliseconds since 1970); `id` is the task id if it is about scheduling one. */
export function eventAt(time: number, body: Body<HistoryEvent>, id = -1): HistoryEvent {
  return { EventId: id, Timestamp: new Date(time).toISOString(), ...body } as HistoryEvent;
}

/** The id of the task that an event completes, fails or fires; undefined for events about no numbered task. */
export function completedTaskId(event: HistoryEvent): number | undefined {
  if ("TaskScheduledId" in event) return event.TaskScheduledId;
  return "TimerId" in event ? event.TimerId : undefined;
}

/** The error of a function as a `TaskFailed` or `SubOrchestrationInstanceFailed` event tells it. */
export interface Failure {
  Reason: string;
  Details: string;
  FailureDetails?: FailureDetails;
}

/** What an activity threw. The two texts are always there; `FailureDetails` only where the host is asked to send them. */
export function activityFailure(name: string, error: unknown, withDetails: boolean): Failure {
  const texts = { Reason: `Activity function '${name}' failed: ${errorMessage(error)}`, Details: details(error) };
  return withDetails ? { ...texts, FailureDetails: failureDetailsOf(error) } : texts;
}

/** The end of a sub-orchestration that failed or was terminated; `reason` is its output. */
export function childFailure(reason: string, withDetails: boolean): Failure {
  const texts = { Reason: reason, Details: reason };
  if (!withDetails) return texts;
  const FailureDetails = { ErrorType: "OrchestrationFailureException", ErrorMessage: reason, IsNonRetriable: false };
  return { ...texts, FailureDetails };
}

/** The message of whatever was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function details(error: unknown): string {
  return error instanceof Error ? (error.stack ?? String(error)) : String(error);
}

function failureDetailsOf(error: unknown): FailureDetails {
  const isError = error instanceof Error;
  return {
    ErrorType: isError ? error.name : "Error",
    ErrorMessage: errorMessage(error),
    ...(isError && error.stack !== undefined && { StackTrace: error.stack }),
    IsNonRetriable: false,
    ...(isError && error.cause instanceof Error && { InnerFailure: failureDetailsOf(error.cause) }),
  };
}
