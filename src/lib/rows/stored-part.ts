import { z } from "zod";
import { reasonSchema } from "../common/hold.ts";
import type { FailureFile, ResultFile } from "../results/record.ts";
import { readFacts, readText, sameEtag, writeText } from "../storage/blobs.ts";
import type { DocumentMessage } from "../storage/document-message.ts";
import { parseStored } from "../storage/versioned-json.ts";
import { changeRun, type FileRun, fileRun, type RowsContext, type SplitContext } from "./file-run.ts";
import type { KnownRows } from "./known-rows.ts";
import type { RowProblem } from "./raw-record.ts";
import { firstPlace, type Row } from "./read-rows.ts";
import { type PartId, type PartRow, rowKey, rowNames } from "./row-names.ts";

const rowSchema = z.object({
  row: z.int(),
  line: z.int(),
  id: z.string().optional(),
  text: z.string().optional(),
  key: z.string().optional(),
  /** The line that an earlier run has of the same row. */
  kept: z.object({ blob: z.string(), offset: z.int(), length: z.int() }).optional(),
  problem: reasonSchema.optional(),
});

const partSchema = z.object({ rows: z.array(rowSchema) });

/** A row as its part keeps it until it is analysed. */
export type StoredRow = z.output<typeof rowSchema>;

/** A part ends with this many characters of text at the latest, however few rows they are: a lane has them in memory. */
const PART_CHARACTERS = 4 * 1_024 * 1_024;

/** Gathers the rows of one part. */
export class PartBuilder {
  #rows: StoredRow[] = [];
  #characters = 0;
  readonly #mostRows: number;
  readonly #known: KnownRows;

  constructor(mostRows: number, known: KnownRows) {
    this.#mostRows = mostRows;
    this.#known = known;
  }

  get isEmpty(): boolean {
    return this.#rows.length === 0;
  }

  get isFull(): boolean {
    return this.#rows.length >= this.#mostRows || this.#characters >= PART_CHARACTERS;
  }

  add({ row, line, id, text, problem }: Row): void {
    const named = { row, line, ...(id === undefined ? {} : { id }) };
    if (text === undefined) {
      this.#rows.push({ ...named, ...(problem && { problem }) });
      return;
    }
    const key = rowKey(id, text);
    const kept = this.#known.find(key);
    this.#rows.push({ ...named, text, key, ...(kept && { kept }) });
    this.#characters += text.length;
  }

  /** The rows so far; the next part begins. */
  take(): StoredRow[] {
    const rows = this.#rows;
    this.#rows = [];
    this.#characters = 0;
    return rows;
  }
}

export async function storePart(
  { containers, pipeline }: RowsContext,
  file: string,
  part: PartId,
  rows: readonly StoredRow[],
): Promise<void> {
  await writeText(containers.work, rowNames.part(pipeline.name, file, part), JSON.stringify({ rows }));
}

/** Undefined when the part is gone: its run is over, or somebody emptied the work container. */
export async function readPart(
  { containers, pipeline }: RowsContext,
  file: string,
  part: PartId,
): Promise<StoredRow[] | undefined> {
  const name = rowNames.part(pipeline.name, file, part);
  const blob = await readText(containers.work, name);
  return blob && parseStored(containers.work, name, blob.text, partSchema).rows;
}

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
  await queue.send([{ ...whole, passes: 0, tries: 0 }]);
  return undefined;
}

/** How a row ended: a line of a part, `docs/results.md` says of what. */
export const rowLineSchema = z.looseObject({
  key: z.string().optional(),
  row: z.int(),
  line: z.int(),
  id: z.string().optional(),
  status: z.enum(["succeeded", "partiallySucceeded", "failed"]),
  /** Taken over from an earlier run: nothing was sent. */
  unchanged: z.literal(true).optional(),
  usage: z.looseObject({ textRecords: z.number() }).optional(),
  completedAt: z.string().optional(),
  failedAt: z.string().optional(),
});
export type RowLine = z.output<typeof rowLineSchema>;

/** The line of a row that was sent, from the record that a document would have. What all rows of a file share is left out. */
export function lineOf(place: PartRow, record: ResultFile | FailureFile): { part: number; line: RowLine } {
  const { part, row, line, id, key } = place;
  const { document, status } = record;
  const { characters, language, chunks } = document;
  const head = {
    // First, so that it is found without reading the rest.
    ...(key === undefined ? {} : { key }),
    row,
    line,
    ...(id === undefined ? {} : { id }),
    status,
    characters,
    ...(language === undefined ? {} : { language }),
    ...((chunks ?? 1) > 1 ? { chunks } : {}),
  };
  if (record.status === "failed") {
    const { error, tasks, attempts, usage, failedAt } = record;
    return { part, line: { ...head, error, ...(tasks && { tasks }), attempts, ...(usage && { usage }), failedAt } };
  }
  const { tasks, usage, completedAt } = record;
  const jobs = record.jobs.map(({ jobId }) => jobId);
  return { part, line: { ...head, tasks, jobs, usage, completedAt } };
}

/** What tells a row from others, without its text. */
export function placeOf({ row, line, id, key }: StoredRow): Omit<PartRow, "part"> {
  return { row, line, ...(id === undefined ? {} : { id }), ...(key === undefined ? {} : { key }) };
}

/** The line of a row that was not sent. @param failedAt ISO 8601 */
export function failedLine(row: StoredRow, { code, message, hint }: RowProblem, failedAt: string): RowLine {
  const { key, ...place } = placeOf(row);
  const error = { code, message, hint, source: "reader" };
  return { ...(key === undefined ? {} : { key }), ...place, status: "failed", error, attempts: 1, failedAt };
}
