import pMap from "p-map";
import { recordName } from "../../documents/document.ts";
import { publishRecord } from "../../results/publish-record.ts";
import { type ResultFile, resultFileSchema } from "../../results/record.ts";
import { readVersion } from "../../results/record-version.ts";
import { readText } from "../../storage/blobs.ts";
import { deleteBlobs } from "../../storage/lease.ts";
import { listAmong, listNames } from "../../storage/list-blobs.ts";
import { addMinute, addUsage, type DayUsage, NO_USAGE } from "../../usage/counters.ts";
import { type PriceClass, priceClassOf } from "../../usage/prices.ts";
import type { LaneContext } from "../lane-context.ts";
import type { LaneSession } from "../lane-session.ts";
import type { Progress } from "../store/batch-progress.ts";
import { keepDays } from "../store/daily-usage.ts";
import type { LaneFile } from "../store/lane-file.ts";
import { workNames } from "../store/names.ts";
import { publishDeferred } from "./deferred-records.ts";
import { finishParts } from "./finish-parts.ts";

/**
 * Ends a batch whose documents are all published, or have their records deferred until now. The order is what makes a
 * crash harmless: the lane file lets go of the batch and counts it in one write; then its documents are released; then
 * the work blobs go. Whatever is left over is removed when the lane next looks for work.
 * @throws Error naming a record that the storage service still refuses; then the batch is not over
 */
export async function finishBatch(session: LaneSession): Promise<void> {
  const { context, batch } = session;
  const { containers, address, claims, log } = context;
  await finishParts(session);
  await lookAgain(session);
  const stored = await listNames(containers.work, workNames.batch(batch.id));
  await publishDeferred(session, stored);
  const { published, jobs } = session.progress;
  const usage = batchUsage(session);
  const submitted = jobs.filter(({ ticket }) => ticket !== undefined).length;
  const { over, ...counted } = countBatch(session.file, usage, { ...published, jobs: submitted, at: session.iso() });
  await keepDays(containers.work, address, over);
  await session.writeFile({ ...counted, cleanup: batch.id });
  await claims.release(address.lane, batch.id);
  await deleteBlobs(containers.work, stored);
  log({
    event: "batch.finished",
    ...address,
    batch: batch.id,
    documents: usage.documents,
    failed: usage.failed,
    jobs: submitted,
    requests: usage.calls,
    textRecords: published.textRecords,
    seconds: Math.round((context.now() - Date.parse(batch.claimedAt)) / 100) / 10,
  });
}

/** What a batch came to whose jobs are over. */
function batchUsage(session: Pick<LaneSession, "batch" | "progress" | "tasksOf">): DayUsage {
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
function countBatch(
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

/** Records looked up at a time. */
const CONCURRENCY = 8;

/**
 * The look at failure records that the results of a batch were published without (`looksLater`), for all of them together:
 * they had none when they were read, and only a run of a lane that was slower than another writes one then. Can be
 * repeated; after it, at most one record of each document stands.
 */
export async function lookAgain({ context, batch }: LaneSession): Promise<void> {
  const { containers, pipeline } = context;
  const names = batch.documents.flatMap(({ info, unfailed }) =>
    unfailed ? [recordName(pipeline.name, info.name)] : [],
  );
  const listed = await listAmong(containers.failed, names);
  const suspects = names.filter((name) => listed?.has(name) ?? true);
  await pMap(suspects, (name) => keepBetter(context, name), { concurrency: CONCURRENCY });
}

/** Leaves the better of a document's two records, if it has two. */
async function keepBetter({ containers }: LaneContext, name: string): Promise<void> {
  const { results, failed } = containers;
  if ((await readVersion(failed, name)) === undefined) return;
  const result = parseResult((await readText(results, name))?.text);
  if (result !== undefined) await publishRecord(containers, result);
}

/** The result as it stands; undefined when it is gone, or somebody put something else in its place. */
function parseResult(text = ""): ResultFile | undefined {
  try {
    const value = JSON.parse(text);
    return resultFileSchema.safeParse(value).success ? value : undefined;
  } catch {
    return undefined;
  }
}
