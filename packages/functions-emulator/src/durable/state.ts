import { z } from "zod";
import { historyEvent } from "./history.ts";

/** Retry options as `durable-functions` puts them into an action; milliseconds. */
export const retryOptions = z.looseObject({
  firstRetryIntervalInMilliseconds: z.number(),
  maxNumberOfAttempts: z.number(),
  backoffCoefficient: z.number().optional(),
  maxRetryIntervalInMilliseconds: z.number().optional(),
  retryTimeoutInMilliseconds: z.number().optional(),
});
export type RetryOptions = z.infer<typeof retryOptions>;

/** Where a task with retries stands. `number` counts from 1; `firstAt` is when the first attempt was scheduled. */
const attempt = z.object({ number: z.int(), firstAt: z.number(), options: retryOptions });
export type Attempt = z.infer<typeof attempt>;

/** A numbered task that is scheduled and has not ended. Times are milliseconds since 1970. */
const openTask = z.discriminatedUnion("type", [
  /** `lockedUntil`: a host has begun it, and no other does before that time. */
  z.object({
    type: z.literal("activity"),
    name: z.string(),
    attempt: attempt.optional(),
    lockedUntil: z.number().optional(),
  }),
  z.object({ type: z.literal("child"), name: z.string(), instanceId: z.string(), attempt: attempt.optional() }),
  /** `finalFireAt` is later than `fireAt` while a long timer waits for one of its hops; `firstHop` is the id of the first. */
  z.object({ type: z.literal("timer"), fireAt: z.number(), finalFireAt: z.number(), firstHop: z.int().optional() }),
  /** The pause before the attempt after `attempt`, the one with task id `failedId`. */
  z.object({ type: z.literal("retry-timer"), fireAt: z.number(), failedId: z.int(), attempt }),
  z.object({ type: z.literal("entity"), entityId: z.string(), requestId: z.string() }),
]);
export type OpenTask = z.infer<typeof openTask>;

/** One operation asked of an entity. `input` is a JSON text; `caller` waits for the result, a signal has none. */
const entityRequest = z.object({
  id: z.string(),
  operation: z.string(),
  input: z.string().optional(),
  caller: z.object({ instanceId: z.string(), executionId: z.string() }).optional(),
});
export type EntityRequest = z.infer<typeof entityRequest>;

const parent = z.object({ instanceId: z.string(), executionId: z.string(), taskId: z.int() });

/** What one instance tells another. It stays in the sender's outbox until the receiver has saved it. */
const message = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("start"),
    to: z.string(),
    origin: z.string(),
    name: z.string(),
    version: z.string().optional(),
    input: z.string().nullable(),
    parent,
  }),
  z.object({ type: z.literal("operation"), to: z.string(), request: entityRequest }),
  z.object({ type: z.literal("event"), to: z.string(), executionId: z.string(), event: historyEvent }),
]);
export type Message = z.infer<typeof message>;

/** An event that waits for its episode. With `executionId` it is meant for that execution only and dropped in another. */
const inboxItem = z.object({ event: historyEvent, executionId: z.string().optional() });
export type InboxItem = z.infer<typeof inboxItem>;

/** The stages of an instance; whether it is suspended is told apart from them. */
const runtimeStatus = z.enum(["Pending", "Running", "Completed", "Failed", "Terminated"]);
export type RuntimeStatus = z.infer<typeof runtimeStatus>;

/**
 * An orchestration instance. `input`, `output` and `customStatus` are JSON texts, null where there is none;
 * times are milliseconds since 1970.
 */
const orchestrationState = z.object({
  kind: z.literal("orchestration"),
  name: z.string(),
  version: z.string().optional(),
  /** Names one run of the orchestrator from input to end; `continueAsNew` begins another. */
  executionId: z.string(),
  /** Made by whoever started the instance: the same start delivered twice is one start. */
  origin: z.string(),
  parent: parent.optional(),
  status: runtimeStatus,
  suspended: z.boolean(),
  createdTime: z.number(),
  lastUpdatedTime: z.number(),
  input: z.string().nullable(),
  output: z.string().nullable(),
  customStatus: z.string().nullable(),
  history: z.array(historyEvent),
  inbox: z.array(inboxItem),
  outbox: z.array(message),
  /** The id that the library gives to its next task. */
  nextId: z.int(),
  /** The actions already acted on, in the order in which the library lists them; id -1 for those without one. */
  scheduled: z.array(z.object({ type: z.int(), name: z.string(), id: z.int() })),
  /** Places in the library's list that name an action again which it already listed. */
  repeats: z.array(z.int()),
  open: z.record(z.string(), openTask),
  /** The orchestrator has ended, and its instance waits for tasks that are still open. */
  held: z.boolean(),
});
export type OrchestrationState = z.infer<typeof orchestrationState>;

/** An entity. `state` is a JSON text. */
const entityState = z.object({
  kind: z.literal("entity"),
  exists: z.boolean(),
  state: z.string().nullable(),
  createdTime: z.number(),
  lastUpdatedTime: z.number(),
  queue: z.array(entityRequest),
  outbox: z.array(message),
  /** Ids of the last requests taken, so that one delivered twice after a restart runs once. */
  recent: z.array(z.string()),
});
export type EntityState = z.infer<typeof entityState>;

/** What a store holds for one instance or entity. */
export const storedState = z.discriminatedUnion("kind", [orchestrationState, entityState]);

/** Whether an instance in this stage has ended for good. */
export function isFinished(status: RuntimeStatus): boolean {
  return status === "Completed" || status === "Failed" || status === "Terminated";
}
