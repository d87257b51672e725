import type { ResultFile, TaskResult } from "./record.ts";

/** What tasks said that were asked again. */
export interface AskedAgain {
  tasks: readonly TaskResult[];
  jobs: ResultFile["jobs"];
  usage: ResultFile["usage"];
  /** ISO 8601. */
  endedAt: string;
}

/**
 * A partially succeeded result after its failed tasks were asked again: what they say now stands in the place of what they
 * said, the rest is as it was. Of the same two always the same, so that it can be made twice.
 */
export function mergeAgain(before: ResultFile, { tasks, jobs, usage, endedAt }: AskedAgain): ResultFile {
  const merged = before.tasks.map((task) => tasks.find(({ name }) => name === task.name) ?? task);
  const isWhole = merged.every(({ status }) => status === "succeeded");
  const estimated = before.usage.estimated || usage.estimated;
  return {
    ...before,
    status: isWhole ? "succeeded" : "partiallySucceeded",
    tasks: merged,
    jobs: [...before.jobs, ...jobs.filter(({ jobId }) => before.jobs.every((job) => job.jobId !== jobId))],
    usage: {
      ...before.usage,
      textRecords: before.usage.textRecords + usage.textRecords,
      ...(estimated && { estimated }),
    },
    completedAt: Date.parse(endedAt) > Date.parse(before.completedAt) ? endedAt : before.completedAt,
  };
}
