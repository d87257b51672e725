import { type JobView, nextPage, type PageRequest, taskPage } from "../jobs/page.ts";
import type { FinishedTask } from "../jobs/progress.ts";
import { JOB_HOURS } from "../limits.ts";
import { jobDate, taskDate } from "../time.ts";
import type { ApiVersion } from "./versions.ts";

/** The state of a job in the current wire, in the order of fields that recordings show. */
export function writeState({ job, progress, page, address }: JobView, version: ApiVersion): Record<string, unknown> {
  const extraFields = job.extraFields ?? {};
  const next = progress.tasks.length === 0 ? undefined : nextPage(job, page);
  const stats = page.showStats ? "True" : "False";
  const { counts } = progress;
  return {
    jobId: job.id,
    [version.updatedField]: jobDate(progress.updatedAt),
    createdDateTime: jobDate(job.createdAt),
    expirationDateTime: jobDate(job.createdAt + JOB_HOURS * 3_600_000),
    status: progress.status,
    errors: progress.errors,
    ...(job.displayName === undefined ? {} : { displayName: job.displayName }),
    ...(next === undefined
      ? {}
      : {
          nextLink: `${address}?showStats=${stats}&top=${next.top}&skip=${next.skip}&api-version=${version.name}`,
        }),
    tasks: {
      ...counts,
      ...(progress.tasks.length === 0
        ? {}
        : { items: progress.tasks.map((finished) => writeTask(finished, page, extraFields)) }),
      ...extraFields,
    },
    ...extraFields,
  };
}

function writeTask(
  { task, status, updatedAt }: FinishedTask,
  page: PageRequest,
  extraFields: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const common = {
    kind: `${task.kind}LROResults`,
    ...(task.name === undefined ? {} : { taskName: task.name }),
    lastUpdateDateTime: taskDate(updatedAt),
    status,
  };
  if (status !== "succeeded") {
    // Recorded: a cancelled task for personal data came back under the kind of plain entities.
    const kind = task.kind === "PiiEntityRecognition" && status === "cancelled" ? "EntityRecognition" : task.kind;
    const results = { documents: [], errors: [], modelVersion: "latest" };
    return { ...common, kind: `${kind}LROResults`, results };
  }
  const { documents, errors, statistics } = taskPage(task, page, extraFields);
  const results = {
    ...(page.showStats ? { statistics } : {}),
    documents,
    errors,
    ...task.about,
    ...extraFields,
  };
  return { ...common, results, ...extraFields };
}
