import type { ContainerClient } from "@azure/storage-blob";
import pMap from "p-map";
import { z } from "zod";
import { LanguageError } from "../../language/errors/language-error.ts";
import { VersionedJson } from "../../storage/versioned-json.ts";
import { type DayUsage, dayUsageSchema } from "../../usage/counters.ts";
import type { LaneAddress } from "../lane.ts";
import type { LaneSession } from "../lane-session.ts";
import type { BatchJob } from "./batch-progress.ts";
import type { LaneFile } from "./lane-file.ts";
import { workNames } from "./names.ts";
import { type Pause, pipelineControl } from "./pipeline-control.ts";

/** The text records that a job will be billed as. */
function recordsOf(session: LaneSession, job: BatchJob): number {
  const each = job.chunks.reduce((sum, chunk) => {
    const [document = -1, part = -1] = chunk.split("-").map(Number);
    return sum + (session.batch.documents[document]?.chunks[part]?.textRecords ?? 1);
  }, 0);
  return each * session.tasksOf(job).length;
}

/** Which jobs of a batch may be sent now. */
interface Reserved {
  /** Why the others must wait until tomorrow. */
  over?: LanguageError;
  /** Somebody paused the pipeline: none may. */
  paused?: Pause;
}

/**
 * Counts the jobs of a batch that are still to be sent for the day, as many as its limit has room for, and marks them
 * (`counted`): the caller writes that down before it sends them. The first job of a day always has room. A process that
 * dies in between counts them again.
 */
export async function reserveUsage(session: LaneSession): Promise<Reserved> {
  const { containers, pipeline, limits } = session.context;
  const most = pipeline.maxTextRecordsPerDay ?? limits.maxTextRecordsPerDay;
  const waiting = session.progress.jobs.filter(
    ({ state, counted, canary }) => state === "prepared" && !counted && !canary,
  );
  const day = today(session);
  let reserved: BatchJob[] = [];
  let used = 0;
  let paused: Pause | undefined;
  await pipelineControl(containers.work, pipeline.name).update((before) => {
    reserved = [];
    used = before.day === day ? before.textRecords : 0;
    paused = before.pause?.mode === "pause" ? before.pause : undefined;
    if (paused !== undefined) return undefined;
    for (const job of waiting) {
      const records = recordsOf(session, job);
      if (used > 0 && used + records > most) break;
      reserved.push(job);
      used += records;
    }
    return reserved.length === 0 ? undefined : { ...before, day, textRecords: used };
  });
  if (paused !== undefined) return { paused };
  for (const job of reserved) job.counted = true;
  const next = waiting[reserved.length];
  if (next === undefined) return {};
  const over = new LanguageError({
    class: "blocked",
    code: "DailyLimitReached",
    message: `Pipeline "${pipeline.name}" has sent ${used} of at most ${most} text records since midnight UTC; the next job would be billed as ${recordsOf(session, next)}`,
    hint: "Nothing to do: the lane goes on after midnight UTC. To go on at once, raise the pipeline's maxTextRecordsPerDay or the app setting MAX_TEXT_RECORDS_PER_DAY.",
  });
  return { over };
}

/** Gives back what was counted for a job that the service has refused for good. */
export async function returnUsage(session: LaneSession, job: BatchJob): Promise<void> {
  if (!job.counted) return;
  delete job.counted;
  const day = today(session);
  const records = recordsOf(session, job);
  const { containers, pipeline } = session.context;
  await pipelineControl(containers.work, pipeline.name).update((before) =>
    before.day === day ? { ...before, textRecords: Math.max(0, before.textRecords - records) } : undefined,
  );
}

/** Counts text records that are billed, of what is no job. */
export async function countTextRecords(session: LaneSession, records: number): Promise<void> {
  const day = today(session);
  const { containers, pipeline } = session.context;
  await pipelineControl(containers.work, pipeline.name).update((before) => ({
    ...before,
    day,
    textRecords: (before.day === day ? before.textRecords : 0) + records,
  }));
}

function today(session: LaneSession): string {
  return session.iso().slice(0, 10);
}

const keptDaySchema = z.object({
  schemaVersion: z.literal("1.0"),
  /** By the number of the lane. */
  lanes: z.record(z.string(), dayUsageSchema),
});

/** What each lane of a pipeline did on a day that is over. */
export type KeptDay = z.output<typeof keptDaySchema>;

/** The counts of one day (UTC), one blob for all lanes of a pipeline. */
export function keptDay(work: ContainerClient, pipeline: string, day: string): VersionedJson<KeptDay> {
  const fallback = (): KeptDay => ({ schemaVersion: "1.0", lanes: {} });
  return new VersionedJson(work, workNames.day(pipeline, day), keptDaySchema, fallback);
}

/**
 * Keeps a lane's days that are over, before its file lets go of them. It may be done again, and by a run of the lane that
 * is slower than another: whole counts are written, and the later of two stays.
 */
export async function keepDays(
  work: ContainerClient,
  { pipeline, lane }: LaneAddress,
  days: LaneFile["days"],
): Promise<void> {
  await pMap(
    Object.entries(days),
    ([day, usage]) =>
      keptDay(work, pipeline, day).update((kept) => {
        const before = kept.lanes[lane];
        if (before !== undefined && before.batches >= usage.batches) return undefined;
        return { ...kept, lanes: { ...kept.lanes, [lane]: usage } };
      }),
    { concurrency: 4 },
  );
}

/** Of two counts of one lane and day, the later. */
export function laterOf(one: DayUsage | undefined, other: DayUsage): DayUsage {
  return one !== undefined && one.batches >= other.batches ? one : other;
}
