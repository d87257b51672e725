import type { ErrorBody } from "../http/service-error.ts";
import type { Job, JobTask } from "./job.ts";

/** States of a job, in the words of the current wire. */
export type JobStatus =
  | "notStarted"
  | "running"
  | "succeeded"
  | "partiallyCompleted"
  | "failed"
  | "cancelling"
  | "cancelled";

/** A task that is over, and how it went. */
export interface FinishedTask {
  task: JobTask;
  status: "succeeded" | "failed" | "cancelled";
  /** Milliseconds since 1970. */
  updatedAt: number;
}

/** A job as it stands at one moment. */
export interface Progress {
  status: JobStatus;
  finished: boolean;
  /** Milliseconds since 1970. */
  updatedAt: number;
  /** In task order; only these are shown. */
  tasks: readonly FinishedTask[];
  counts: { completed: number; failed: number; inProgress: number; total: number };
  errors: readonly ErrorBody[];
}

/** How long a job is `cancelling`, at the most. */
const CANCELLING_MS = 500;

/** Where a job stands at `now` (milliseconds since 1970). */
export function progressOf(job: Job, now: number): Progress {
  const end = Math.max(...job.tasks.map(({ finishesAt }) => finishesAt), job.startsAt);
  const cancelledAt = job.cancelledAt !== undefined && job.cancelledAt <= now ? job.cancelledAt : undefined;
  if (job.failure !== undefined && now >= end && cancelledAt === undefined) return failedJob(job, job.failure, end);
  const cancelDone =
    cancelledAt === undefined ? undefined : cancelledAt + Math.min(CANCELLING_MS, (end - cancelledAt) / 2);
  const tasks = job.tasks.flatMap((task): FinishedTask[] => {
    if (task.finishesAt <= Math.min(now, cancelledAt ?? now)) {
      const status = task.failure === undefined ? "succeeded" : "failed";
      return [{ task, status, updatedAt: task.finishesAt }];
    }
    if (cancelDone !== undefined && now >= cancelDone) return [{ task, status: "cancelled", updatedAt: cancelDone }];
    return [];
  });
  const count = (status: FinishedTask["status"]): number => tasks.filter((task) => task.status === status).length;
  const counts = {
    completed: count("succeeded"),
    failed: count("failed"),
    inProgress: job.tasks.length - tasks.length,
    total: job.tasks.length,
  };
  const status = statusOf(job, now, counts, cancelDone);
  const started = now >= job.startsAt ? job.startsAt : job.createdAt;
  return {
    status,
    finished: counts.inProgress === 0,
    updatedAt: Math.max(started, cancelledAt ?? 0, ...tasks.map(({ updatedAt }) => updatedAt)),
    tasks,
    counts,
    errors: tasks.flatMap(({ task, status: outcome }) =>
      outcome === "failed" && task.failure !== undefined ? [task.failure] : [],
    ),
  };
}

function statusOf(job: Job, now: number, counts: Progress["counts"], cancelDone: number | undefined): JobStatus {
  if (cancelDone !== undefined) return now >= cancelDone ? "cancelled" : "cancelling";
  if (counts.inProgress > 0) return now >= job.startsAt ? "running" : "notStarted";
  if (counts.failed === 0) return "succeeded";
  return counts.completed > 0 ? "partiallyCompleted" : "failed";
}

function failedJob(job: Job, failure: ErrorBody, end: number): Progress {
  const total = job.tasks.length;
  return {
    status: "failed",
    finished: true,
    updatedAt: end,
    tasks: [],
    counts: { completed: 0, failed: total, inProgress: 0, total },
    errors: [failure],
  };
}
