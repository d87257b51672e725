import { createHash } from "node:crypto";
import type { ContainerClient } from "@azure/storage-blob";
import { z } from "zod";
import { deleteBlob, writeText } from "../storage/blobs.ts";
import type { FailureFile, ResultFile } from "./record.ts";

/** What of a record is not as it should be, as far as a listing tells it. */
export interface Shortfall {
  code: string;
  /** The task that failed (the first, if several did). */
  task: string | undefined;
  /** Absent for a name that is too long for metadata. */
  name: string | undefined;
}

/** A blob's metadata may hold 8 KB, names included: https://learn.microsoft.com/rest/api/storageservices/setting-and-retrieving-properties-and-metadata-for-blob-resources */
const LONGEST_NAME = 3_000;
const LONGEST_CODE = 300;

/**
 * What the metadata of a record's blob says of how the document ended, so that failures are counted and found by listing
 * them: 5,000 in a request, none of them read.
 */
export function outcomeMetadata(record: ResultFile | FailureFile): Record<string, string> {
  if (record.status === "succeeded") return {};
  const { code = "Unknown", task } = firstShortfall(record);
  return { outcome: record.status, ...shortfallMetadata({ code, task, name: record.document.name }) };
}

function shortfallMetadata({ code, task, name }: Shortfall): Record<string, string> {
  const encoded = encode(name);
  return {
    errorcode: (encode(code) ?? "Unknown").slice(0, LONGEST_CODE),
    ...(task === undefined ? {} : { errortask: (encode(task) ?? "").slice(0, LONGEST_CODE) }),
    ...(encoded === undefined || encoded.length > LONGEST_NAME ? {} : { documentname: encoded }),
  };
}

/** The summary of a file of rows names the rows that failed, in place of tasks. */
const rowsSchema = z.looseObject({
  failures: z.array(z.looseObject({ code: z.string(), message: z.string(), hint: z.string().optional() })),
});

/** Why a document did not wholly succeed: of several tasks, or rows, that failed the first. */
function firstShortfall(record: ResultFile | FailureFile): {
  code?: string;
  message?: string | undefined;
  hint?: string | undefined;
  task?: string | undefined;
} {
  if (record.status === "failed") return record.error;
  const failed = record.tasks.find(({ status }) => status !== "succeeded");
  if (failed !== undefined) return { ...failed.error, task: failed.name };
  return rowsSchema.safeParse(record.rows).data?.failures[0] ?? {};
}

/** @returns undefined for metadata that does not tell: an earlier version of the app wrote it, or somebody else */
export function readShortfall(metadata: Record<string, string> | undefined): Shortfall | undefined {
  const { errorcode, errortask, documentname } = metadata ?? {};
  if (errorcode === undefined) return undefined;
  return { code: decode(errorcode), task: decode(errortask), name: decode(documentname) };
}

/** ASCII, as headers need it. */
function encode(text: string | undefined): string | undefined {
  return text?.isWellFormed() ? encodeURIComponent(text) : undefined;
}

function decode(text: string): string;
function decode(text: string | undefined): string | undefined;
function decode(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Where marks live in the work container. */
export const partialMarkNames = {
  all: "partial/",
  ofPipeline: (pipeline: string) => `partial/${pipeline}/`,
  /** A document's name may be as long as a blob name can be; its hash fits behind any prefix. */
  mark: (pipeline: string, document: string) =>
    `partial/${pipeline}/${createHash("sha256").update(document).digest("base64url")}.json`,
};

/** What a mark says of its document, so that nobody has to read the result to list it. */
export const partialMarkSchema = z.object({
  pipeline: z.string(),
  name: z.string(),
  /** The version of the document. */
  etag: z.string(),
  /** Of the first task, or row, that failed. */
  error: z.object({ code: z.string(), message: z.string(), hint: z.string(), task: z.string().optional() }),
  at: z.string(),
});

/**
 * Marks a document as partially succeeded, before its result is written. Results may be millions, of which few are partial:
 * a mark for each of those finds them by listing. A mark that is left over after a crash is told by the result itself.
 */
export async function markPartial(work: ContainerClient, record: ResultFile): Promise<void> {
  const { pipeline, document, completedAt: at } = record;
  const { code = "Unknown", message = "", hint = "", task } = firstShortfall(record);
  const error = { code, message, hint, ...(task !== undefined && { task }) };
  const { name, etag } = document;
  const text = JSON.stringify({ pipeline, name, etag, error, at } satisfies z.output<typeof partialMarkSchema>);
  await writeText(work, partialMarkNames.mark(pipeline, name), text, { metadata: outcomeMetadata(record) });
}

/** Removes the mark, after the result that it told of has been replaced. */
export async function unmarkPartial(work: ContainerClient, pipeline: string, document: string): Promise<void> {
  await deleteBlob(work, partialMarkNames.mark(pipeline, document));
}
