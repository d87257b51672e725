import { readFacts, sameEtag } from "../storage/blobs.ts";
import type { DocumentMessage } from "../storage/document-queue.ts";
import { changeRun, type FileRun, fileRun, type SplitContext } from "./file-run.ts";
import type { RowProblem } from "./raw-record.ts";
import { firstPlace } from "./read-rows.ts";
import type { PartId } from "./row-names.ts";
import { readPart, type StoredRow } from "./stored-part.ts";

/** A part whose rows are to be analysed now. */
export interface OpenedPart {
  file: FileRun["document"];
  rows: StoredRow[];
  /** Why no row of it is to be sent. */
  problem?: RowProblem | undefined;
}

const DELETED: RowProblem = {
  code: "DocumentNotFound",
  message: "The file was deleted before this row was analysed",
  hint: "If it should be analysed, drop the file again: rows that have a result are not analysed again.",
};

/**
 * The rows of a part that a lane has claimed; undefined when there is nothing to do: it has ended, its file is complete, or
 * a newer version of it is there. Of a file that was deleted, no row is sent any more. Where the work container lost the part, the file is cut once more.
 */
export async function openPart(
  context: SplitContext,
  message: DocumentMessage,
  part: PartId,
): Promise<OpenedPart | undefined> {
  const { containers, pipeline, queue } = context;
  const { name } = message;
  const run = (await fileRun(containers.work, pipeline.name, name).read()).value;
  const isOver = run?.run !== part.run || run.superseded || run.done[part.number] !== undefined;
  // Of a file that is cut once more, each part comes again.
  if (isOver || run.next !== undefined) return undefined;
  const facts = await readFacts(containers.input, name);
  // What became of the newer version, its own message tells.
  if (facts !== undefined && !sameEtag(facts.etag, run.document.etag)) return undefined;
  const rows = await readPart(context, name, part);
  if (rows !== undefined) return { file: run.document, rows, problem: facts === undefined ? DELETED : undefined };
  await changeRun(context, run, (current) => ({ ...current, next: firstPlace(current.format), parts: [] }));
  const { part: _part, ...whole } = message;
  await queue.send({ ...whole, passes: 0, tries: 0 });
  return undefined;
}
