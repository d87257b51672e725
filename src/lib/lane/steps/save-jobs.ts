import { setTimeout as sleep } from "node:timers/promises";
import { RestError } from "@azure/storage-blob";
import { backoffSeconds } from "../../common/hold.ts";
import { StaleWriteError } from "../../storage/versioned-json.ts";
import type { LaneSession } from "../lane-session.ts";
import type { BatchJob } from "../store/batch-progress.ts";

/** So often a job is written down before the lane gives up, while others write or storage fails. */
const MOST_WRITES = 10;

/**
 * Writes down what becomes of jobs that are sent. Another run of the lane that polls jobs at this moment may write first,
 * and storage may fail for a moment: the ticket of a job that the service has taken must not be lost to that.
 * @returns the jobs as they stand in the session's progress then
 */
export async function saveJobs(session: LaneSession, jobs: readonly BatchJob[]): Promise<BatchJob[]> {
  for (let tries = 1; ; tries++) {
    try {
      await session.save();
      return jobs.map((job) => session.progress.jobs.find(({ id }) => id === job.id) ?? job);
    } catch (error) {
      if (tries === MOST_WRITES) throw error;
      if (isPassing(error)) {
        await sleep(backoffSeconds(tries, 0.1, 5) * 1_000);
        continue;
      }
      if (!(error instanceof StaleWriteError)) throw error;
      const { jobs: others } = await session.readProgress();
      if (!session.isProgressStored) throw error; // the batch is over, and removed
      for (const job of jobs) {
        const same = others.find(({ id }) => id === job.id);
        // A write that seemed to fail may have been done.
        const isWritten = same?.ticket?.jobId === job.ticket?.jobId && same?.sendingSince === job.sendingSince;
        if (same === undefined || (same.state !== "prepared" && !isWritten)) throw error;
        Object.assign(same, job);
        if (job.sendingSince === undefined) delete same.sendingSince;
      }
    }
  }
}

/** A fault of storage, or of the way to it, that may be over in a moment. */
function isPassing(error: unknown): boolean {
  return error instanceof RestError && (error.statusCode === undefined || error.statusCode >= 500);
}
