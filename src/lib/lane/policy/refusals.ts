import { firstLine } from "../../common/log.ts";
import type { Chunk } from "../../documents/cut-document.ts";
import { DocumentError } from "../../documents/document.ts";
import { textRecords } from "../../language/limits.ts";
import type { Pipeline } from "../../settings/pipeline.ts";
import type { DocumentMessage } from "../../storage/document-message.ts";

/**
 * Refuses a document that would cost more than anybody wants to pay for one: whoever may drop files must not be able to run
 * up a bill.
 */
export function checkCost(
  cuts: readonly Chunk[],
  { pipeline, limits }: { pipeline: Pipeline; limits: { maxTextRecordsPerDocument: number } },
): void {
  const most = pipeline.maxTextRecordsPerDocument ?? limits.maxTextRecordsPerDocument;
  const each = cuts.reduce((sum, { textElements }) => sum + textRecords(textElements), 0);
  const all = each * pipeline.tasks.length;
  if (all <= most) return;
  const tasks = pipeline.tasks.length === 1 ? "" : `, ${each} for each of ${pipeline.tasks.length} tasks`;
  throw new DocumentError({
    code: "TooManyTextRecords",
    message: `The document would be billed as ${all} text records${tasks}; at most ${most} are sent for one document`,
    hint: "If it should be analysed, raise the pipeline's maxTextRecordsPerDocument or the app setting MAX_TEXT_RECORDS_PER_DOCUMENT, then redrive it; or split it.",
  });
}

/** A fault of ours that one document brings out must not keep its neighbours waiting. */
export function unforeseen(error: unknown): DocumentError {
  const what = error instanceof Error ? `${error.name}: ${firstLine(error)}` : String(error);
  return new DocumentError({
    code: "ReaderFailed",
    message: `The reader of documents could not cope with this one (${what})`,
    hint: "This is a fault in the app, not in the document: report it. Redrive the document with a version that has it repaired.",
  });
}

/** A document whose reading never ended so often becomes a failure record. */
export const MOST_TRIES = 5;

export const POISON = {
  code: "DocumentStopsReader",
  message: `The process that reads documents died ${MOST_TRIES} times while it read this one`,
  hint: "Look at the document: it may be damaged or far larger than its text. Repair it and drop it again, or redrive it.",
};

/** True for a document that has killed its reader too often to be read again. */
export function isPoison({ tries }: DocumentMessage): boolean {
  return tries >= MOST_TRIES;
}
