import { z } from "zod";

const count = z.int().min(0).default(0);

/** What one task came to. A call that asks several tasks counts for each of them. */
export const taskUsageSchema = z.object({
  kind: z.string(),
  documents: count,
  failed: count,
  textRecords: count,
  calls: count,
  throttles: count,
});

/** What one lane did in one day (UTC), counted when a batch ends. */
export const dayUsageSchema = z.object({
  /** Batches that ended; it only grows, so that of two counts of one day the one with more batches is the later. */
  batches: count,
  /** Documents that ended, in whatever way. */
  documents: count,
  partiallySucceeded: count,
  failed: count,
  textRecords: count,
  /** Calls to the Language service. */
  calls: count,
  /** Calls that it answered with 429. */
  throttles: count,
  tasks: z.record(z.string(), taskUsageSchema).default({}),
});

export type TaskUsage = z.output<typeof taskUsageSchema>;
export type DayUsage = z.output<typeof dayUsageSchema>;

export const NO_USAGE: DayUsage = dayUsageSchema.parse({});

const SUMS = ["batches", "documents", "partiallySucceeded", "failed", "textRecords", "calls", "throttles"] as const;
const TASK_SUMS = ["documents", "failed", "textRecords", "calls", "throttles"] as const;

/** Both together. */
export function addUsage(one: DayUsage, other: DayUsage): DayUsage {
  const tasks = { ...one.tasks };
  for (const [name, usage] of Object.entries(other.tasks)) tasks[name] = addTaskUsage(tasks[name], usage);
  const sums = Object.fromEntries(SUMS.map((key) => [key, one[key] + other[key]]));
  return { ...(sums as Pick<DayUsage, (typeof SUMS)[number]>), tasks };
}

/** @param one absent: nothing was counted of the task yet */
export function addTaskUsage(one: TaskUsage | undefined, other: TaskUsage): TaskUsage {
  if (one === undefined) return other;
  const sums = Object.fromEntries(TASK_SUMS.map((key) => [key, one[key] + other[key]]));
  return { ...(sums as Pick<TaskUsage, (typeof TASK_SUMS)[number]>), kind: other.kind };
}

/** What ended in one minute. */
export const minuteSchema = z.object({
  /** Minutes since 1970. */
  minute: z.int(),
  documents: count,
  failed: count,
  calls: count,
});

export type Minute = z.output<typeof minuteSchema>;

/** So many minutes are kept for the charts. */
export const MINUTES_KEPT = 60;

/** Adds what just ended to the minutes of the last hour. */
export function addMinute(minutes: readonly Minute[], added: Minute): Minute[] {
  const kept = minutes.filter(({ minute }) => minute > added.minute - MINUTES_KEPT && minute !== added.minute);
  const same = minutes.find(({ minute }) => minute === added.minute);
  const { minute, documents, failed, calls } = added;
  const sum = {
    minute,
    documents: documents + (same?.documents ?? 0),
    failed: failed + (same?.failed ?? 0),
    calls: calls + (same?.calls ?? 0),
  };
  return [...kept, sum].sort((one, other) => one.minute - other.minute);
}
