import type { ContainerClient } from "@azure/storage-blob";
import { z } from "zod";
import { outcomeMetadata } from "../../results/outcome-metadata.ts";
import type { ResultFile } from "../../results/record.ts";
import { deleteBlob, writeText } from "../../storage/blobs.ts";
import { workNames } from "./names.ts";

/** What a mark says of its document, so that nobody has to read the result to list it. */
export const partialMarkSchema = z.object({
  pipeline: z.string(),
  name: z.string(),
  /** The version of the document. */
  etag: z.string(),
  /** Of the first task that failed. */
  error: z.object({ code: z.string(), message: z.string(), hint: z.string(), task: z.string() }),
  at: z.string(),
});

/**
 * Marks a document as partially succeeded, before its result is written. Results may be millions, of which few are partial:
 * a mark for each of those finds them by listing. A mark that is left over after a crash is told by the result itself.
 */
export async function markPartial(work: ContainerClient, record: ResultFile): Promise<void> {
  const { pipeline, document, tasks, completedAt: at } = record;
  const failed = tasks.find(({ status }) => status !== "succeeded");
  const { code = "Unknown", message = "", hint = "" } = failed?.error ?? {};
  const error = { code, message, hint, task: failed?.name ?? "" };
  const { name, etag } = document;
  const text = JSON.stringify({ pipeline, name, etag, error, at } satisfies z.output<typeof partialMarkSchema>);
  await writeText(work, workNames.partialMark(pipeline, name), text, { metadata: outcomeMetadata(record) });
}

/** Removes the mark, after the result that it told of has been replaced. */
export async function unmarkPartial(work: ContainerClient, pipeline: string, document: string): Promise<void> {
  await deleteBlob(work, workNames.partialMark(pipeline, document));
}
