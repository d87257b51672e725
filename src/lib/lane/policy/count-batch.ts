import { addMinute, addUsage, type DayUsage, NO_USAGE } from "../../usage/counters.ts";
import { type PriceClass, priceClassOf } from "../../usage/prices.ts";
import type { LaneSession } from "../lane-session.ts";
import type { Progress } from "../store/batch-progress.ts";
import type { LaneFile } from "../store/lane-file.ts";

/** What a batch came to whose jobs are over. */
export function batchUsage(session: Pick<LaneSession, "batch" | "progress" | "tasksOf">): DayUsage {
  const { batch, progress } = session;
  const { published, jobs } = progress;
  const usage: DayUsage = {
    batches: 1,
    documents: batch.failed + published.succeeded + published.partiallySucceeded + published.failed,
    partiallySucceeded: published.partiallySucceeded,
    failed: published.failed + batch.failed,
    textRecords: published.textRecords,
    calls: jobs.reduce((sum, { requests }) => sum + requests, 0),
    throttles: jobs.reduce((sum, { throttles }) => sum + throttles, 0),
    tasks: structuredClone(published.tasks),
  };
  for (const job of jobs) {
    for (const { name } of session.tasksOf(job)) {
      const task = usage.tasks[name];
      if (task === undefined) continue;
      task.calls += job.requests;
      task.throttles += job.throttles;
    }
  }
  return usage;
}

/**
 * The lane's file after a batch. What it counts can be counted no second time: the write that ends the batch is the one
 * that counts it.
 * @param ended `at`: when, ISO 8601; the batch belongs to that day and minute
 * @returns beside the file, the days that are over, which it does not hold any more
 */
export function countBatch(
  { batch: _over, totals, billed, days, minutes, ...file }: LaneFile,
  usage: DayUsage,
  ended: Pick<Progress["published"], "succeeded"> & { jobs: number; at: string },
): Omit<LaneFile, "batch"> & { over: LaneFile["days"] } {
  const { partiallySucceeded, failed, textRecords } = usage;
  // Clocks of two machines may differ: a day that is over is not begun again.
  const [today = ""] = [ended.at.slice(0, 10), ...Object.keys(days)].sort().reverse();
  const minute = Math.floor(Date.parse(ended.at) / 60_000);
  const { documents, calls } = usage;
  return {
    ...file,
    totals: {
      batches: totals.batches + 1,
      succeeded: totals.succeeded + ended.succeeded,
      partiallySucceeded: totals.partiallySucceeded + partiallySucceeded,
      failed: totals.failed + failed,
      jobs: totals.jobs + ended.jobs,
      requests: totals.requests + calls,
      textRecords: totals.textRecords + textRecords,
    },
    billed: addBilled(billed, usage),
    days: { [today]: addUsage(days[today] ?? NO_USAGE, usage) },
    minutes: addMinute(minutes, { minute, documents, failed, calls }),
    over: Object.fromEntries(Object.entries(days).filter(([day]) => day !== today)),
  };
}

function addBilled(before: LaneFile["billed"], { tasks }: DayUsage): LaneFile["billed"] {
  const billed = { ...before };
  for (const { kind, textRecords } of Object.values(tasks)) {
    const price: PriceClass = priceClassOf(kind);
    billed[price] = (billed[price] ?? 0) + textRecords;
  }
  return billed;
}
