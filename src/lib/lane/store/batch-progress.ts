import type { ContainerClient } from "@azure/storage-blob";
import { z } from "zod";
import { reasonSchema } from "../../common/hold.ts";
import { TASK_KINDS } from "../../language/analysis.ts";
import { VersionedJson } from "../../storage/versioned-json.ts";
import { taskUsageSchema } from "../../usage/counters.ts";
import type { JobCounts } from "../lane.ts";
import type { Batch } from "./lane-file.ts";
import { workNames } from "./names.ts";

/** What must be kept of a submitted job to read its answer after a crash or a change of settings. */
const ticketSchema = z.object({
  jobId: z.string(),
  operationLocation: z.string(),
  endpoint: z.string(),
  apiVersion: z.string(),
  tasks: z.array(
    z.object({ kind: z.enum(TASK_KINDS), name: z.string(), parameters: z.record(z.string(), z.unknown()) }),
  ),
  /** The language that the service was told its texts are in; null: none. Absent in tickets of earlier versions. */
  language: z.string().nullable().optional(),
  /** ISO 8601. */
  submittedAt: z.string(),
});

const doubtSchema = z.object({
  error: z.looseObject({ code: z.string(), message: z.string() }),
  /** The error was told for each document by itself; its answers are stored. */
  own: z.boolean(),
});

const jobSchema = z.object({
  /** Unique in the batch. */
  id: z.string(),
  /** The stored request that holds the texts. */
  request: z.string(),
  /** The job documents of that request which this job asks about. */
  chunks: z.array(z.string()),
  /** Names of the tasks that it asks; absent: all of the pipeline. */
  tasks: z.array(z.string()).optional(),
  /**
   * prepared: to be submitted; open: submitted; doubted: it came to nothing, and the answers of others will tell whether
   * that is its documents' doing; done: answered, and published as far as its documents are complete.
   */
  state: z.enum(["prepared", "open", "doubted", "done"]),
  /** How often the job was accepted by the service and then lost or failed; it counts up to `maxAttempts`. */
  attempts: z.int(),
  ticket: ticketSchema.optional(),
  /** What a doubted job came to. */
  doubt: doubtSchema.optional(),
  /** What it will be billed as is counted for the day. */
  counted: z.literal(true).optional(),
  /** When its sending was begun, ISO 8601, while it is not known how that ended. */
  sendingSince: z.string().optional(),
  /** When it was last polled, ISO 8601. */
  polledAt: z.string().optional(),
  /** Why nobody can read the answer of a job that the service has taken. */
  unusable: reasonSchema.optional(),
  /** How often in a row the service would not take it, for no reason that it gave. */
  refusals: z.int().default(0),
  /** The service took a harmless text after it had refused this job so often as it may: one more refusal tells of the job. */
  harmlessTaken: z.literal(true).optional(),
  /** Calls made for this job. */
  requests: z.int(),
  /** Those of them that were answered with 429. */
  throttles: z.int().default(0),
  /** True when its answers are stored, because a document of it waits for other jobs. */
  kept: z.boolean().default(false),
  /** It asks about one harmless word, to learn whether the service works; it has no document. */
  canary: z.literal(true).optional(),
});

const progressSchema = z.object({
  schemaVersion: z.literal("1.0"),
  jobs: z.array(jobSchema),
  published: z.object({
    succeeded: z.int(),
    partiallySucceeded: z.int(),
    failed: z.int(),
    textRecords: z.int(),
    /** What each task came to; calls are counted when the batch ends. */
    tasks: z.record(z.string(), taskUsageSchema).default({}),
  }),
  /** A record that the storage service did not let stand waits beside the batch. */
  deferred: z.literal(true).optional(),
  /** When a task last said something about a text, ISO 8601, by the task's name. */
  answeredAt: z.record(z.string(), z.string()).default({}),
});

export type Ticket = z.output<typeof ticketSchema>;
export type BatchJob = z.output<typeof jobSchema>;
export type Progress = z.output<typeof progressSchema>;

/** How far a batch has come; a batch just claimed has all its jobs still to submit. */
export function batchProgress(work: ContainerClient, batch: Batch): VersionedJson<Progress> {
  return new VersionedJson(work, workNames.progress(batch.id), progressSchema, () => ({
    schemaVersion: "1.0",
    jobs: batch.requests.map(({ request, chunks, tasks }) => newJob(request, request, chunks, { tasks })),
    published: { succeeded: 0, partiallySucceeded: 0, failed: 0, textRecords: 0, tasks: {} },
    answeredAt: {},
  }));
}

export function newJob(
  id: string,
  request: string,
  chunks: string[],
  { attempts = 0, tasks }: { attempts?: number; tasks?: string[] | undefined } = {},
): BatchJob {
  const state = "prepared";
  return {
    id,
    request,
    chunks,
    ...(tasks && { tasks }),
    state,
    attempts,
    refusals: 0,
    requests: 0,
    throttles: 0,
    kept: false,
  };
}

/** The job is to be sent (again). */
export function prepareAgain(job: BatchJob): BatchJob {
  job.state = "prepared";
  delete job.ticket;
  delete job.doubt;
  delete job.unusable;
  delete job.polledAt;
  delete job.sendingSince;
  delete job.counted;
  return job;
}

export function countJobs(progress: Progress): JobCounts {
  const counts = { prepared: 0, open: 0, done: 0 };
  for (const { state } of progress.jobs) counts[state === "doubted" ? "open" : state]++;
  return counts;
}

/** Puts two jobs with half of the documents each in the place of one, to find the document that spoils it. */
export function splitJob(jobs: BatchJob[], job: BatchJob): void {
  const middle = Math.ceil(job.chunks.length / 2);
  const halves = [job.chunks.slice(0, middle), job.chunks.slice(middle)].map((chunks, index) => ({
    ...newJob(`${job.id}${index === 0 ? "a" : "b"}`, job.request, chunks, job),
    ...(job.counted && { counted: true as const }),
    refusals: Math.min(job.refusals, 1),
    requests: index === 0 ? job.requests : 0,
    throttles: index === 0 ? job.throttles : 0,
  }));
  jobs.splice(jobs.indexOf(job), 1, ...halves);
}
