import { LanguageError } from "../../language/errors/language-error.ts";
import type { LaneSession } from "../lane-session.ts";
import type { BatchJob } from "./batch-progress.ts";
import { type PipelineControl, pipelineControl } from "./pipeline-control.ts";

/** The text records that a job will be billed as. */
function recordsOf(session: LaneSession, job: BatchJob): number {
  const each = job.chunks.reduce((sum, chunk) => {
    const [document = -1, part = -1] = chunk.split("-").map(Number);
    return sum + (session.batch.documents[document]?.chunks[part]?.textRecords ?? 1);
  }, 0);
  return each * session.tasksOf(job).length;
}

/**
 * Why a job must wait until tomorrow; undefined when it can be sent. The first job of a day is always sent, and lanes that
 * look at the same moment may each send one more, so that the limit may be passed by one job for each lane.
 */
export function overDailyLimit(
  session: LaneSession,
  job: BatchJob,
  { day, textRecords }: PipelineControl,
): LanguageError | undefined {
  const { pipeline, limits } = session.context;
  const most = pipeline.maxTextRecordsPerDay ?? limits.maxTextRecordsPerDay;
  const used = day === today(session) ? textRecords : 0;
  const next = recordsOf(session, job);
  if (used === 0 || used + next <= most) return undefined;
  return new LanguageError({
    class: "blocked",
    code: "DailyLimitReached",
    message: `Pipeline "${pipeline.name}" has sent ${used} of at most ${most} text records since midnight UTC; the next job would be billed as ${next}`,
    hint: "Nothing to do: the lane goes on after midnight UTC. To go on at once, raise the pipeline's maxTextRecordsPerDay or the app setting MAX_TEXT_RECORDS_PER_DAY.",
  });
}

/** Counts a job that the service has taken. */
export async function countUsage(session: LaneSession, job: BatchJob): Promise<void> {
  await countTextRecords(session, recordsOf(session, job));
}

/** Counts text records that will be billed. */
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
