import { z } from "zod";
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
export function firstShortfall(record: ResultFile | FailureFile): {
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
