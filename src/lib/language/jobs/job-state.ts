import type { DocumentAnswer, JobState, JobStatus, ServiceError, Task, TaskAnswer } from "../analysis.ts";
import type { JobPage, TaskItem } from "../generation.ts";
import { isAnswer, readDocument } from "./document-answer.ts";
import { matchItems, splitErrors } from "./match-items.ts";

/** What a look cost, and what the service asked of us. */
export interface LookFacts {
  requests: number;
  retryAfterSeconds?: number | undefined;
  /** When the look was taken, ISO 8601: stands in for the job's dates where the service gives none. */
  seenAt: string;
}

/**
 * Makes the state of a job from the pages of its answer.
 * @param pages the first is the answer to the look; more only of a finished job
 */
export function jobState(
  pages: readonly [JobPage, ...JobPage[]],
  tasks: readonly Task[],
  { seenAt, ...facts }: LookFacts,
): JobState {
  const [first] = pages;
  const status = readStatus(first.status);
  const finished = isFinished(status);
  const { byTask, job } = splitErrors(tasks, first.errors);
  const failed = new Set(byTask.keys());
  const itemsByPage = finished ? pages.map(({ items }) => matchItems(tasks, items, failed)) : [];
  return {
    jobId: first.jobId,
    status,
    finished,
    createdDateTime: first.createdDateTime ?? first.lastUpdatedDateTime ?? seenAt,
    lastUpdatedDateTime: first.lastUpdatedDateTime ?? first.createdDateTime ?? seenAt,
    expirationDateTime: first.expirationDateTime,
    errors: job,
    tasks: finished
      ? tasks.map((task, index) => {
          const items = itemsByPage.flatMap((page) => page[index] ?? []);
          return taskAnswer(task, items, byTask.get(index) ?? (items.length === 0 ? job[0] : undefined), status);
        })
      : [],
    ...facts,
  };
}

/** Joins what the pages say of one task. */
function taskAnswer(
  task: Task,
  items: readonly TaskItem[],
  reported: ServiceError | undefined,
  job: JobStatus,
): TaskAnswer {
  const documents = new Map<string, DocumentAnswer>();
  const errors = new Map<string, ServiceError>();
  for (const wire of items.flatMap((item) => item.documents)) {
    const outcome = readDocument(task.kind, wire);
    if (isAnswer(outcome)) documents.set(wire.id, outcome);
    else errors.set(wire.id, outcome);
  }
  for (const { id, error } of items.flatMap((item) => item.errors)) errors.set(id, error);
  const statistics = sumStatistics(items);
  return {
    name: task.name,
    kind: task.kind,
    ...outcomeOf(task, items[0], reported, job),
    about: Object.assign({}, ...items.map(({ about }) => about), statistics === undefined ? {} : { statistics }),
    documents,
    errors,
  };
}

/** How a task ended. A task that the service lists nowhere has failed: its silence must not pass for an answer. */
function outcomeOf(
  { name }: Task,
  item: TaskItem | undefined,
  reported: ServiceError | undefined,
  job: JobStatus,
): Pick<TaskAnswer, "status" | "error"> {
  const failure = (code: string, message: string) => ({
    status: "failed" as const,
    error: reported ?? { code, message },
  });
  const status = item === undefined ? undefined : readStatus(item.status);
  if (status === "cancelled" || status === "cancelling" || (status === undefined && job === "cancelled")) {
    return { status: "cancelled", error: reported ?? { code: "TaskCancelled", message: `Task ${name} was cancelled` } };
  }
  if (status === undefined) return failure("TaskMissing", `The service's answer says nothing about task ${name}`);
  if (status === "failed" || status === "rejected")
    return failure("TaskFailed", `Task ${name} failed without a reason`);
  if (!isFinished(status)) return failure("TaskUnfinished", `The job ended before task ${name} did (${item?.status})`);
  return reported === undefined ? { status: "succeeded" } : { status: "failed", error: reported };
}

/** Statistics count the documents of their page only, so the numbers are added up. */
function sumStatistics(items: readonly TaskItem[]): Record<string, unknown> | undefined {
  const counts = items.flatMap(({ statistics }) => Object.entries(statistics ?? {}));
  if (counts.length === 0) return undefined;
  const sum: Record<string, unknown> = {};
  for (const [name, count] of counts) {
    const before = sum[name];
    sum[name] = typeof before === "number" && typeof count === "number" ? before + count : count;
  }
  return sum;
}

/**
 * Every spelling of a state on any wire, in lower case. `completed` is v3.1-preview.ct.1; `partiallySucceeded` appears in
 * the official JavaScript client beside the specified `partiallyCompleted`; `canceled` in neither, but in other services.
 */
const STATUSES: ReadonlyMap<string, JobStatus> = new Map(
  Object.entries({
    notstarted: "notStarted",
    running: "running",
    succeeded: "succeeded",
    completed: "succeeded",
    partiallycompleted: "partiallyCompleted",
    partiallysucceeded: "partiallyCompleted",
    failed: "failed",
    rejected: "rejected",
    cancelled: "cancelled",
    canceled: "cancelled",
    cancelling: "cancelling",
    canceling: "cancelling",
  }),
);

const FINISHED: ReadonlySet<JobStatus> = new Set([
  "succeeded",
  "partiallyCompleted",
  "failed",
  "rejected",
  "cancelled",
]);

/** Our word for a state of a job or a task; one unknown to us counts as still running. */
export function readStatus(wire: string): JobStatus {
  return STATUSES.get(wire.toLowerCase()) ?? "running";
}

/** True when the service will not change the job any more. */
export function isFinished(status: JobStatus): boolean {
  return FINISHED.has(status);
}
