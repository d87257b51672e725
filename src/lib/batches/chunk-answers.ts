import type { ContainerClient } from "@azure/storage-blob";
import { z } from "zod";
import type { JobState, ServiceError, TaskAnswer } from "../language/analysis.ts";
import { readText, writeText } from "../storage/blobs.ts";
import { parseStored } from "../storage/parse-stored.ts";
import { blameLanguageSetting } from "./language-setting.ts";
import type { BatchJob, Ticket } from "./progress.ts";
import type { TaskOutcome } from "./task-outcome.ts";
import { workNames } from "./work-names.ts";

/** Facts of the job that answered, for the record. */
export interface JobFacts {
  jobId: string;
  apiVersion: string;
  createdDateTime: string;
  lastUpdatedDateTime: string;
}

/** All that a job said, by chunk. */
export interface JobAnswers {
  /** Absent when the service never accepted the job. */
  job?: JobFacts | undefined;
  /** ISO 8601. */
  at: string;
  /** How often these documents were sent. */
  attempts: number;
  /** As in the ticket of the job. */
  language?: Ticket["language"];
  chunks: Record<string, TaskOutcome[]>;
}

const jobAnswersSchema: z.ZodType<JobAnswers> = z.looseObject({
  job: z
    .object({ jobId: z.string(), apiVersion: z.string(), createdDateTime: z.string(), lastUpdatedDateTime: z.string() })
    .optional(),
  at: z.string(),
  attempts: z.number(),
  language: z.string().nullable().optional(),
  chunks: z.record(z.string(), z.array(z.custom<TaskOutcome>((value) => typeof value === "object" && value !== null))),
});

/** Sorts the answers of a finished job by chunk. A chunk that a task left out counts as failed, never as answered. */
export function answersOf(job: BatchJob, ticket: Ticket, state: JobState, chunks: readonly string[]): JobAnswers {
  const outcomes = chunks.map((chunk) => [chunk, state.tasks.map((task) => outcomeOf(task, chunk, state.errors[0]))]);
  return {
    job: {
      jobId: state.jobId,
      apiVersion: ticket.apiVersion,
      createdDateTime: state.createdDateTime,
      lastUpdatedDateTime: state.lastUpdatedDateTime,
    },
    at: state.lastUpdatedDateTime,
    attempts: job.attempts + 1,
    ...(ticket.language === undefined ? {} : { language: ticket.language }),
    chunks: blameLanguageSetting(Object.fromEntries(outcomes), ticket),
  };
}

/** Every task of every chunk failed with the same error. */
export function failedAnswers(
  job: BatchJob,
  tasks: readonly { name: string }[],
  error: ServiceError,
  at: string,
  facts?: JobFacts,
): JobAnswers {
  const outcomes = tasks.map<TaskOutcome>(({ name }) => ({ task: name, status: "failed", about: {}, error }));
  const chunks = Object.fromEntries(job.chunks.map((chunk) => [chunk, outcomes]));
  return { ...(facts === undefined ? {} : { job: facts }), at, attempts: job.attempts, chunks };
}

/** Keeps the answers of a job until the other jobs of its documents are over. */
export async function keepAnswers(
  work: ContainerClient,
  batch: string,
  job: string,
  answers: JobAnswers,
): Promise<void> {
  await writeText(work, workNames.answers(batch, job), JSON.stringify(answers));
}

export async function readAnswers(work: ContainerClient, batch: string, job: string): Promise<JobAnswers> {
  const name = workNames.answers(batch, job);
  const blob = await readText(work, name);
  if (blob === undefined) throw new Error(`The kept answers ${name} are missing from container ${work.containerName}`);
  return parseStored(work, name, blob.text, jobAnswersSchema);
}

function outcomeOf(task: TaskAnswer, chunk: string, jobError: ServiceError | undefined): TaskOutcome {
  const about = { kind: task.kind, ...task.about };
  const answer = task.documents.get(chunk);
  if (answer !== undefined) return { task: task.name, status: "succeeded", about, answer };
  const error = task.errors.get(chunk) ??
    task.error ??
    jobError ?? {
      code: "MissingAnswer",
      message: `Task "${task.name}" ended without an answer for this document`,
    };
  return { task: task.name, status: task.status === "cancelled" ? "cancelled" : "failed", about, error };
}
