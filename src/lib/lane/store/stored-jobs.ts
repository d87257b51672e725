import { z } from "zod";
import type { JobDocument } from "../../language/analysis.ts";
import type { ChunkOutcome } from "../../results/task-result.ts";
import { readText, writeText } from "../../storage/blobs.ts";
import { parseStored } from "../../storage/versioned-json.ts";
import type { LaneSession } from "../lane-session.ts";
import type { BatchJob } from "./batch-progress.ts";
import { workNames } from "./names.ts";

const requestSchema = z.object({
  documents: z.array(z.object({ id: z.string(), text: z.string() })),
});

/** A text of a job; its language is the pipeline's at the moment that it is sent. */
export type StoredText = Omit<JobDocument, "language">;

/** Stores the texts of a job, so that each document is read once however often its job must be sent. */
export async function storeRequest(
  { context, batch }: LaneSession,
  request: string,
  documents: readonly StoredText[],
): Promise<void> {
  await writeText(context.containers.work, workNames.request(batch.id, request), JSON.stringify({ documents }));
}

/** The texts that a job asks about. */
export async function readRequest(session: LaneSession, { request, chunks }: BatchJob): Promise<StoredText[]> {
  const { documents } = await read(session, workNames.request(session.batch.id, request), requestSchema);
  const wanted = new Set(chunks);
  return documents.filter(({ id }) => wanted.has(id));
}

const answersSchema = z.looseObject({
  /** Facts of the job that answered, for the record. Absent when the service never accepted the job. */
  job: z
    .object({ jobId: z.string(), apiVersion: z.string(), createdDateTime: z.string(), lastUpdatedDateTime: z.string() })
    .optional(),
  /** ISO 8601. */
  at: z.string(),
  /** How often these documents were sent. */
  attempts: z.number(),
  /** As in the ticket of the job. */
  language: z.string().nullable().optional(),
  chunks: z.record(z.string(), z.array(z.custom<ChunkOutcome>((value) => typeof value === "object" && value !== null))),
});

/** All that a job said, by chunk. */
export type JobAnswers = z.output<typeof answersSchema>;
export type JobFacts = NonNullable<JobAnswers["job"]>;

/** Stores the answers of a job until the other jobs of its documents are over. */
export async function storeAnswers({ context, batch }: LaneSession, job: string, answers: JobAnswers): Promise<void> {
  await writeText(context.containers.work, workNames.answers(batch.id, job), JSON.stringify(answers));
}

export async function readAnswers(session: LaneSession, job: string): Promise<JobAnswers> {
  return read(session, workNames.answers(session.batch.id, job), answersSchema);
}

async function read<T>({ context }: LaneSession, name: string, schema: z.ZodType<T>): Promise<T> {
  const { work } = context.containers;
  const blob = await readText(work, name);
  if (blob === undefined) throw new Error(`The stored job ${name} is missing from container ${work.containerName}`);
  return parseStored(work, name, blob.text, schema);
}
