import type { Chunk } from "../../documents/cut-document.ts";
import type { DocumentInfo } from "../../documents/document.ts";
import { jobLimits, textRecords } from "../../language/limits.ts";
import type { DocumentMessage } from "../../storage/document-message.ts";
import type { LaneSession } from "../lane-session.ts";
import { JobPacker } from "../policy/job-packer.ts";
import type { Batch } from "../store/lane-file.ts";
import { type StoredText, storeTexts } from "../store/stored-jobs.ts";

/** The texts of several jobs are stored together until they are so long: one blob for a batch of small documents. */
const TOGETHER_CHARACTERS = 250_000;

/** A chunk on its way into a job. */
interface JobChunk {
  id: string;
  text: string;
  textElements: number;
  bodyBytes: number;
}

/** What became of the documents of a batch. */
export interface PreparedBatch extends Pick<Batch, "documents" | "requests" | "failed" | "parts"> {
  /** Those for which the batch had no room any more. */
  left: DocumentMessage[];
}

/**
 * Packs the chunks of documents into jobs and stores the jobs' texts. Another reading of the batch may still be at work, and
 * must not change what this one stores: each stores under its number.
 */
export class BatchBuilder {
  readonly outcome: PreparedBatch = { documents: [], requests: [], failed: 0, left: [] };
  readonly #session: LaneSession;
  /** By the tasks that are asked: a job asks the same about all of its texts. */
  readonly #packers = new Map<string, { packer: JobPacker<JobChunk>; tasks: string[] | undefined }>();
  /** Texts still to be stored, and the request that names their blob. */
  #together: StoredText[] = [];
  #stored = "";

  constructor(session: LaneSession) {
    this.#session = session;
  }

  /** The batch has its jobs. */
  get isFull(): boolean {
    const { batch, context } = this.#session;
    return this.outcome.requests.length >= (batch.mostJobs ?? context.limits.jobsPerBatch);
  }

  /** @param about what else the batch keeps of the document */
  async add(
    info: DocumentInfo,
    text: string,
    cuts: readonly Chunk[],
    about: Omit<Batch["documents"][number], "info" | "chunks">,
  ): Promise<void> {
    const { documents } = this.outcome;
    const number = documents.length;
    const chunks = cuts.map(({ offset, length, textElements }) => {
      return { offset, length, textRecords: textRecords(textElements) };
    });
    documents.push({ info: { ...info, chunks: cuts.length }, chunks, ...about });
    for (const [index, { offset, length, textElements, bodyBytes }] of cuts.entries()) {
      const chunk = text.slice(offset, offset + length);
      const item = { id: `${number}-${index}`, text: chunk, textElements, bodyBytes };
      await this.#store(this.#packerOf(about.failedTasks).add(item), about.failedTasks);
    }
  }

  #packerOf(tasks: string[] | undefined): JobPacker<JobChunk> {
    const key = JSON.stringify(tasks ?? null);
    const { packer } = this.#packers.get(key) ?? { packer: new JobPacker(jobLimits(this.#session.context.pipeline)) };
    this.#packers.set(key, { packer, tasks });
    return packer;
  }

  /** Stores the jobs that are not full. */
  async end(): Promise<void> {
    for (const { packer, tasks } of this.#packers.values()) await this.#store(packer.flush(), tasks);
    await this.#flush();
  }

  async #store(jobs: JobChunk[][], tasks: string[] | undefined): Promise<void> {
    const { requests } = this.outcome;
    for (const chunks of jobs) {
      const request = `r${this.#session.batch.reads}-${requests.length}`;
      if (this.#together.length === 0) this.#stored = request;
      this.#together.push(...chunks.map(({ id, text }) => ({ id, text })));
      requests.push({ request, chunks: chunks.map(({ id }) => id), ...(tasks && { tasks }), stored: this.#stored });
      const characters = this.#together.reduce((sum, { text }) => sum + text.length, 0);
      if (characters > TOGETHER_CHARACTERS) await this.#flush();
    }
  }

  async #flush(): Promise<void> {
    const texts = this.#together;
    this.#together = [];
    if (texts.length > 0) await storeTexts(this.#session, this.#stored, texts);
  }
}
