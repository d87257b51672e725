import { type JobView, nextPage, type PageRequest, type PageStatistics, taskPage } from "../jobs/page.ts";
import type { FinishedTask, Progress } from "../jobs/progress.ts";
import { JOB_HOURS } from "../limits.ts";
import { jobDate, taskDate } from "../time.ts";
import type { Generation } from "./versions.ts";

/** The state of a job in a preview's wire. */
export function writeState(view: JobView, generation: Generation): Record<string, unknown> {
  const { job, progress, page, address } = view;
  const extraFields = job.extraFields ?? {};
  const updated = jobDate(progress.updatedAt);
  const status = statusWord(progress, generation);
  const next = progress.tasks.length === 0 ? undefined : nextPage(job, page);
  const lists: Record<string, unknown[]> = {};
  for (const finished of progress.tasks) {
    const list = finished.task.list ?? "";
    lists[list] = [...(lists[list] ?? []), writeTask(view, finished, generation)];
  }
  const details = {
    ...(job.displayName === undefined ? {} : { name: job.displayName }),
    lastUpdateDateTime: updated,
    status,
  };
  return {
    jobId: job.id,
    lastUpdateDateTime: updated,
    createdDateTime: jobDate(job.createdAt),
    expirationDateTime: jobDate(job.createdAt + JOB_HOURS * 3_600_000),
    status,
    errors: progress.errors,
    ...(job.displayName === undefined ? {} : { displayName: job.displayName }),
    ...(next === undefined
      ? {}
      : { "@nextLink": `${address}?showStats=${page.showStats}&$top=${next.top}&$skip=${next.skip}` }),
    tasks: {
      ...(generation.nested ? { details } : {}),
      ...progress.counts,
      ...(generation.nested ? { tasks: lists } : lists),
      ...extraFields,
    },
    ...extraFields,
  };
}

function writeTask(
  { job, page }: JobView,
  { task, status, updatedAt }: FinishedTask,
  generation: Generation,
): Record<string, unknown> {
  const { extraFields = {} } = job;
  const name = task.name ?? (generation.nested ? job.displayName : undefined);
  const common = {
    lastUpdateDateTime: taskDate(updatedAt),
    ...(name === undefined ? {} : { [generation.nameField]: name }),
    status: status === "succeeded" ? generation.succeeded : status,
  };
  if (status !== "succeeded") return common;
  const shape = (content: Readonly<Record<string, unknown>>) => generation.shape(task.kind, content);
  const { documents, errors, statistics } = taskPage(task, page, extraFields, shape);
  const results = {
    documents,
    errors,
    ...writeStatistics(statistics, page, generation),
    ...task.about,
    ...extraFields,
  };
  return { ...common, results, ...extraFields };
}

function writeStatistics(statistics: PageStatistics, page: PageRequest, generation: Generation): object {
  if (page.showStats) return { statistics };
  if (!generation.alwaysStatistics) return {};
  const { validDocumentsCount: _, ...withoutValid } = statistics;
  return { statistics: withoutValid };
}

/** The previews know no partial completion: a job with a failed task has failed (assumed). */
function statusWord({ status }: Progress, { succeeded }: Generation): string {
  if (status === "succeeded") return succeeded;
  return status === "partiallyCompleted" ? "failed" : status;
}
