import { quote } from "../../common/problems.ts";
import type { DocumentAnswer, JobState, JobStatus, ServiceError, Task, TaskAnswer } from "../analysis.ts";
import type { JobError, JobPage, TaskItem, TaskPointer } from "../generation.ts";
import { isAnswer, readDocument } from "./document-answer.ts";

/** What a poll cost, and what the service asked of us. */
export interface PollFacts {
  requests: number;
  retryAfterSeconds?: number | undefined;
  /** When the poll was made, ISO 8601: stands in for the job's dates where the service gives none. */
  seenAt: string;
}

/**
 * Makes the state of a job from the pages of its answer.
 * @param pages the first is the answer to the poll; more only of a finished job
 */
export function jobState(
  pages: readonly [JobPage, ...JobPage[]],
  tasks: readonly Task[],
  { seenAt, ...facts }: PollFacts,
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
          return taskAnswer(task, items, { status, own: byTask.get(index), job: job[0] });
        })
      : [],
    ...facts,
  };
}

/** What the job as a whole says that bears on a task. */
interface Job {
  status: JobStatus;
  /** The error that points at the task. */
  own: ServiceError | undefined;
  /** The first error that points at no task. */
  job: ServiceError | undefined;
}

/** Joins what the pages say of one task. */
function taskAnswer(task: Task, items: readonly TaskItem[], job: Job): TaskAnswer {
  const documents = new Map<string, DocumentAnswer>();
  const errors = new Map<string, ServiceError>();
  for (const wire of items.flatMap((item) => item.documents)) {
    const outcome = readDocument(task.kind, wire);
    if (isAnswer(outcome)) documents.set(wire.id, outcome);
    else errors.set(wire.id, outcome);
  }
  const refusals = items.flatMap((item) => item.errors);
  for (const { id, error } of refusals.filter((refusal) => !isForAll(refusal))) errors.set(id, error);
  const statistics = sumStatistics(items);
  const unreadable = items.find((item) => item.unreadable !== undefined)?.unreadable;
  return {
    name: task.name,
    kind: task.kind,
    ...outcomeOf(
      task,
      { status: items[0]?.status, listed: items.length > 0, unreadable },
      job,
      refusals.find(isForAll),
    ),
    about: Object.assign({}, ...items.map(({ about }) => about), statistics === undefined ? {} : { statistics }),
    documents,
    errors,
  };
}

/** True for an error whose id stands for every document, or for none. */
function isForAll({ id }: { id: string }): boolean {
  return id === "" || id.toLowerCase() === "all";
}

type Outcome = Pick<TaskAnswer, "status" | "error">;

/**
 * How a task ended. A task of which nothing can be read has failed: its silence must not pass for an answer, and where
 * the job is done, not for a job that came to nothing.
 */
function outcomeOf(
  { name }: Task,
  item: { status: string | undefined; listed: boolean; unreadable: string | undefined },
  { status: jobStatus, own, job }: Job,
  ofAll: { error: ServiceError } | undefined,
): Outcome {
  const status = item.status === undefined ? undefined : STATUSES.get(item.status.toLowerCase());
  const failed = (code: string, message: string): Outcome => ({ status: "failed", error: { code, message } });
  const unreadable = (what: string) =>
    failed("UnreadableTask", `What the service says of task ${name} cannot be read: ${what}`);
  if (status === "cancelled" || status === "cancelling" || (!item.listed && jobStatus === "cancelled")) {
    return { status: "cancelled", error: own ?? { code: "TaskCancelled", message: `Task ${name} was cancelled` } };
  }
  const isDone = status !== undefined && ANSWERED.has(status);
  const reason = own ?? (isDone ? ofAll?.error : job);
  if (reason !== undefined) return { status: "failed", error: reason };
  if (isDone) return item.unreadable === undefined ? { status: "succeeded" } : unreadable(item.unreadable);
  if (status === "failed" || status === "rejected") return failed("TaskFailed", `Task ${name} failed without a reason`);
  if (status !== undefined) return failed("TaskUnfinished", `The job ended before task ${name} did (${item.status})`);
  if (item.status !== undefined) return unreadable(`it is in a state that is not known, ${quote(item.status)}`);
  if (ANSWERED.has(jobStatus))
    return unreadable(item.listed ? "it has neither a state nor results" : "it is not listed");
  return failed("TaskMissing", `The service's answer says nothing about task ${name}`);
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

/** States in which there are results. */
const ANSWERED: ReadonlySet<JobStatus> = new Set(["succeeded", "partiallyCompleted"]);

/** Our word for a state of a job or a task; one unknown to us counts as still running. */
export function readStatus(wire: string): JobStatus {
  return STATUSES.get(wire.toLowerCase()) ?? "running";
}

/** True when the service will not change the job any more. */
export function isFinished(status: JobStatus): boolean {
  return FINISHED.has(status);
}

/**
 * Finds the item that answers each task. Names decide: a cancelled task may come back under another kind, and finished
 * tasks are listed alone while others run. Items without a name of ours go to the tasks of their kind in the order
 * asked, past those that are known to have failed where the items do not suffice for all.
 * @param failed indexes of the tasks that errors of the job point at
 * @returns one entry for each task, in the order asked
 */
export function matchItems(
  tasks: readonly Task[],
  items: readonly TaskItem[],
  failed: ReadonlySet<number>,
): (TaskItem | undefined)[] {
  const matched = tasks.map((task) => items.find(({ name }) => name === task.name));
  const unnamed = items.filter((item) => !matched.includes(item));
  // Items of no kind that we know go to what the others leave.
  const kinds = new Set(unnamed.flatMap((item) => item.kind ?? []));
  for (const kind of [...kinds, undefined]) {
    const candidates = unnamed.filter((item) => item.kind === kind);
    const open = tasks.flatMap((task, index) =>
      matched[index] === undefined && (kind === undefined || task.kind === kind) ? [index] : [],
    );
    const takers = candidates.length < open.length ? open.filter((index) => !failed.has(index)) : open;
    for (const [place, index] of takers.entries()) matched[index] = candidates[place];
  }
  return matched;
}

/** The first error that points at each task, by the task's index; the others concern the job as a whole. */
export function splitErrors(
  tasks: readonly Task[],
  errors: readonly JobError[],
): { byTask: ReadonlyMap<number, JobError["error"]>; job: JobError["error"][] } {
  const byTask = new Map<number, JobError["error"]>();
  const job: JobError["error"][] = [];
  for (const { error, task } of errors) {
    const index = task === undefined ? -1 : indexOf(tasks, task);
    if (index < 0) job.push(error);
    else if (!byTask.has(index)) byTask.set(index, error);
  }
  return { byTask, job };
}

function indexOf(tasks: readonly Task[], { index, kind }: TaskPointer): number {
  if (kind === undefined) return index < tasks.length ? index : -1;
  const ofKind = tasks.flatMap((task, place) => (task.kind === kind ? [place] : []));
  return ofKind[index] ?? -1;
}
