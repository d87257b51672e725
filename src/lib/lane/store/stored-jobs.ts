import { z } from "zod";
import type { JobDocument } from "../../language/analysis.ts";
import { isNative } from "../../language/api-versions.ts";
import type { ChunkOutcome } from "../../results/merge/parts.ts";
import { readPart } from "../../rows/stored-part.ts";
import { readText, writeText } from "../../storage/blobs.ts";
import { parseStored } from "../../storage/versioned-json.ts";
import type { LaneContext } from "../lane-context.ts";
import type { LaneSession } from "../lane-session.ts";
import type { BatchJob } from "./batch-progress.ts";
import { readDocumentText } from "./document-texts.ts";
import type { Batch } from "./lane-file.ts";
import { workNames } from "./names.ts";

const requestSchema = z.object({
  documents: z.array(z.object({ id: z.string(), text: z.string() })),
});

/** A text of a job; its language is the pipeline's at the moment that it is sent. */
export type StoredText = Omit<JobDocument, "language">;

/** Stores the texts of one or more jobs, so that each document is read once however often its job must be sent. */
export async function storeTexts(
  { context, batch }: LaneSession,
  stored: string,
  documents: readonly StoredText[],
): Promise<void> {
  const name = workNames.request(batch.id, stored);
  await writeText(context.containers.work, name, JSON.stringify({ documents }));
  context.texts.put(name, documents);
}

/**
 * The texts that a job asks about, in its order. Where what was stored of them is gone, they are read again from the
 * documents; those whose document has changed or gone since are left out.
 */
export async function readTexts(session: LaneSession, { request, chunks }: BatchJob): Promise<StoredText[]> {
  const name = storedName(session.batch, request);
  const kept = session.context.texts.get(name);
  const stored = kept ?? (await readStored(session, name)) ?? (await restoreTexts(session, request));
  const wanted = new Set(chunks);
  return stored.filter(({ id }) => wanted.has(id));
}

/** The name of the blob that has the texts of a request. */
export function storedName({ id, requests }: Batch, request: string): string {
  return workNames.request(id, requests.find((one) => one.request === request)?.stored ?? request);
}

/** Stores the texts of a request, and what was stored with them, once more. */
export async function restoreTexts(session: LaneSession, request: string): Promise<StoredText[]> {
  const { requests } = session.batch;
  const stored = requests.find((one) => one.request === request)?.stored ?? request;
  const chunks = requests.flatMap((one) => ((one.stored ?? one.request) === stored ? one.chunks : []));
  const texts = new Map<number, string | undefined>();
  const restored: StoredText[] = [];
  for (const id of chunks) {
    const [document = -1, part = -1] = id.split("-").map(Number);
    if (!texts.has(document)) texts.set(document, await readAgain(session, document));
    const span = session.batch.documents[document]?.chunks[part];
    const text = span && texts.get(document)?.slice(span.offset, span.offset + span.length);
    if (text !== undefined) restored.push({ id, text });
  }
  await storeTexts(session, stored, restored);
  return restored;
}

/** The text of a document or row of the batch; undefined when that version of it is no more. */
async function readAgain(session: LaneSession, number: number): Promise<string | undefined> {
  const { row } = session.batch.documents[number] ?? {};
  // The service reads it itself, whichever version is there by then.
  if (isNative(session.context.pipeline.apiVersion)) return "";
  if (row === undefined) return (await readDocumentText(session, number))?.text;
  const part = session.batch.parts?.[row.part];
  const rows = part && (await readPart(session.context, part.file, part));
  return rows?.find((one) => one.row === row.row)?.text;
}

/** The stored texts; undefined when they are gone. */
async function readStored({ context }: LaneSession, name: string): Promise<StoredText[] | undefined> {
  const stored = await read(context, name, requestSchema);
  if (stored !== undefined) context.texts.put(name, stored.documents);
  return stored?.documents;
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

export async function readAnswers({ context, batch }: LaneSession, job: string): Promise<JobAnswers> {
  const name = workNames.answers(batch.id, job);
  const answers = await read(context, name, answersSchema);
  if (answers === undefined) throw new Error(`The stored answers ${name} are missing from the work container`);
  return answers;
}

async function read<T>({ containers }: LaneContext, name: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const blob = await readText(containers.work, name);
  return blob && parseStored(containers.work, name, blob.text, schema);
}
