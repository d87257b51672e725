import { setTimeout as sleep } from "node:timers/promises";
import { RestError } from "@azure/storage-blob";
import { backoffSeconds } from "../common/hold.ts";
import type { Task } from "../language/analysis.ts";
import { deletePrefix } from "../storage/lease.ts";
import { StaleWriteError, type Versioned } from "../storage/versioned-json.ts";
import type { BatchView } from "./lane.ts";
import type { LaneContext } from "./lane-context.ts";
import { type BatchJob, batchProgress, countJobs, type Progress } from "./store/batch-progress.ts";
import { type Batch, type LaneFile, openLaneFile } from "./store/lane-file.ts";
import { workNames } from "./store/names.ts";

/**
 * A lane while one step of it works: its file and the progress of its batch, each written under the version that was read,
 * before the next thing is done. Another run of the lane that wrote meanwhile makes a write fail with `StaleWriteError`.
 */
export class LaneSession {
  readonly context: LaneContext;
  #file: Versioned<LaneFile>;
  #progress: Versioned<Progress> | undefined;

  private constructor(context: LaneContext, file: Versioned<LaneFile>) {
    this.context = context;
    this.#file = file;
  }

  /** @throws UnreadableBlobError */
  static async open(context: LaneContext): Promise<LaneSession> {
    return new LaneSession(context, await openLaneFile(context.containers.work, context.address).read());
  }

  get file(): LaneFile {
    return this.#file.value;
  }

  get hasBatch(): boolean {
    return this.file.batch !== undefined;
  }

  /** The batch in hand. */
  get batch(): Batch {
    const { batch } = this.file;
    if (batch === undefined) throw new Error("The lane has no batch in hand");
    return batch;
  }

  /**
   * One write ends a batch and adds its totals, so neither can happen twice.
   * @param seconds how long the lane may be busy now before it goes on or writes again
   */
  async writeFile(file: Omit<LaneFile, "schemaVersion">, seconds = 0): Promise<void> {
    const { containers, address, now } = this.context;
    const nextPollAt = new Date(now() + seconds * 1_000).toISOString();
    const value = { ...file, schemaVersion: "1.0" as const, nextPollAt };
    this.#file = await openLaneFile(containers.work, address).write(this.#file, value);
  }

  async writeBatch(batch: Batch, seconds?: number): Promise<void> {
    await this.writeFile({ ...this.file, batch }, seconds);
  }

  /** Removes what this run stored for its batch, if another run has ended that batch. */
  async removeIfOver(): Promise<void> {
    if (!this.hasBatch || !(await this.#isOver())) return;
    await deletePrefix(this.context.containers.work, workNames.batch(this.batch.id));
  }

  /** Whether another run has ended the batch. */
  async #isOver(): Promise<boolean> {
    const { containers, address } = this.context;
    const { value } = await openLaneFile(containers.work, address).read();
    return value.batch?.id !== this.batch.id;
  }

  /** What became of the batch so far. It is changed in place; `save` writes it down. */
  get progress(): Progress {
    if (this.#progress === undefined) throw new Error("The progress of the batch was not read yet");
    return this.#progress.value;
  }

  /** @throws UnreadableBlobError */
  async readProgress(): Promise<Progress> {
    this.#progress = await batchProgress(this.context.containers.work, this.batch).read();
    return this.#progress.value;
  }

  /** False for a batch just claimed, and for one that another run has ended and removed. */
  get isProgressStored(): boolean {
    return this.#progress?.etag !== undefined;
  }

  /**
   * Makes sure that the lane still has the batch: a slow run finds nothing of one that is over, and would take it for one
   * just claimed. Whoever ends the batch after the progress was written makes the next write of the progress fail.
   * @throws StaleWriteError
   */
  async confirmBatch(): Promise<void> {
    if (await this.#isOver()) throw new StaleWriteError(workNames.lane(this.context.address));
  }

  async save(): Promise<void> {
    if (this.#progress === undefined) return;
    const { containers } = this.context;
    this.#progress = await batchProgress(containers.work, this.batch).write(this.#progress, this.progress);
  }

  /** What an operator sees of the batch. */
  get view(): BatchView {
    const { batch } = this;
    const jobs = this.#progress && countJobs(this.#progress.value);
    return { batch: batch.id, documents: batch.documents.length, ...(jobs && { jobs }) };
  }

  /** The tasks that a job asks, as the pipeline has them now. */
  tasksOf({ tasks }: BatchJob): readonly Task[] {
    return this.context.pipeline.tasks.filter(({ name }) => tasks === undefined || tasks.includes(name));
  }

  /** The time, ISO 8601. */
  iso(): string {
    return new Date(this.context.now()).toISOString();
  }
}

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
