import { createHash } from "node:crypto";
import type { ContainerClient } from "@azure/storage-blob";
import { z } from "zod";
import { deleteBlob, writeText } from "../storage/blobs.ts";
import { firstShortfall, outcomeMetadata } from "./outcome-metadata.ts";
import type { ResultFile } from "./record.ts";

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
