import type { JobTask } from "../jobs/job.ts";
import { type JobView, nextPage, type PageRequest, type PageStatistics, taskPage } from "../jobs/page.ts";
import type { FinishedTask, Progress } from "../jobs/progress.ts";
import { JOB_HOURS } from "../limits.ts";
import { jobDate, taskDate } from "../time.ts";
import type { Generation } from "./versions.ts";

/** The state of a job in one of these versions. */
export function writeState(view: JobView, generation: Generation): Record<string, unknown> {
  const { job, progress, page, address } = view;
  const extraFields = job.extraFields ?? {};
  const updated = jobDate(progress.updatedAt);
  const status = statusWord(progress, generation);
  const displayName = job.displayName ?? (generation.defaultNames ? "NA" : undefined);
  const next = progress.tasks.length === 0 ? undefined : nextPage(job, page);
  const lists: Record<string, unknown[]> = {};
  for (const finished of progress.tasks) {
    const list = finished.task.list ?? "";
    lists[list] = [...(lists[list] ?? []), writeTask(view, finished, generation)];
  }
  return {
    jobId: job.id,
    lastUpdateDateTime: updated,
    createdDateTime: jobDate(job.createdAt),
    expirationDateTime: jobDate(job.createdAt + JOB_HOURS * 3_600_000),
    status,
    errors: progress.errors,
    ...(displayName === undefined ? {} : { displayName }),
    ...(next === undefined
      ? {}
      : { "@nextLink": `${address}?showStats=${page.showStats}&$top=${next.top}&$skip=${next.skip}` }),
    tasks: {
      ...writeDetails(generation, job.displayName, updated, status),
      ...progress.counts,
      ...(generation.nested ? { tasks: lists } : lists),
      ...extraFields,
    },
    ...extraFields,
  };
}

function writeDetails({ details }: Generation, name: string | undefined, updated: string, status: string): object {
  if (details === undefined) return {};
  if (details === "date") return { details: { lastUpdateDateTime: updated } };
  return { details: { ...(name === undefined ? {} : { name }), lastUpdateDateTime: updated, status } };
}

function writeTask(
  { job, page }: JobView,
  { task, status, updatedAt }: FinishedTask,
  generation: Generation,
): Record<string, unknown> {
  const { extraFields = {} } = job;
  const { nameField, taskState } = generation;
  const name = task.name ?? (generation.nested ? job.displayName : generation.defaultNames ? nameOf(task) : undefined);
  const common = {
    lastUpdateDateTime: taskDate(updatedAt),
    ...(name === undefined || nameField === undefined ? {} : { [nameField]: name }),
    ...(taskState === "neither" ? {} : { [taskState]: status === "succeeded" ? generation.succeeded : status }),
  };
  if (status !== "succeeded") return common;
  const shape = (content: Readonly<Record<string, unknown>>) => generation.shape(task.kind, content);
  const { documents, errors, statistics } = taskPage(task, page, extraFields, shape);
  const results = {
    ...(generation.terminalState ? { inTerminalState: true } : {}),
    documents,
    errors,
    ...writeStatistics(statistics, page, generation),
    ...task.about,
    ...extraFields,
  };
  return { ...common, results, ...extraFields };
}

/** Recorded for three kinds; the others follow them. */
const RECORDED_NAMES: Readonly<Record<string, string>> = {
  EntityRecognition: "NamedEntityRecognition",
  PiiEntityRecognition: "PersonallyIdentifiableInformation",
};

function nameOf({ kind }: JobTask): string {
  return `${RECORDED_NAMES[kind] ?? kind}_latest`;
}

function writeStatistics(statistics: PageStatistics, page: PageRequest, generation: Generation): object {
  if (page.showStats) return { statistics };
  if (!generation.alwaysStatistics) return {};
  const { validDocumentsCount: _, ...withoutValid } = statistics;
  return { statistics: withoutValid };
}

function statusWord({ status }: Progress, { succeeded }: Generation): string {
  return status === "succeeded" ? succeeded : status;
}
