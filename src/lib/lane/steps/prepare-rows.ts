import { type Chunk, cutDocument } from "../../documents/cut-document.ts";
import { DocumentError, type DocumentInfo } from "../../documents/document.ts";
import { chunkLimits } from "../../language/limits.ts";
import { removeUnmatched } from "../../queueing/unmatched-records.ts";
import { readKeptLines } from "../../rows/known-rows.ts";
import { removeAllRuns } from "../../rows/publish-part.ts";
import type { RowProblem } from "../../rows/raw-record.ts";
import { splitFile } from "../../rows/split-file.ts";
import {
  failedLine,
  type OpenedPart,
  openPart,
  placeOf,
  type RowLine,
  rowLineSchema,
  type StoredRow,
} from "../../rows/stored-part.ts";
import type { DocumentMessage } from "../../storage/document-message.ts";
import type { LaneSession } from "../lane-session.ts";
import { checkCost, unforeseen } from "../policy/refusals.ts";
import { BatchBuilder, type PreparedBatch } from "./batch-builder.ts";
import { readingName, reportFile, storeRowLines } from "./finish-parts.ts";
import { publishFailure } from "./publish.ts";

/**
 * Reads a batch of a pipeline whose documents are files of rows. A file is cut into parts, which come back as messages of
 * their own; the rows of a part become the batch's documents. A row that cannot be analysed, and one that has a result of
 * an earlier run, has its line at once.
 */
export async function prepareRows(session: LaneSession, unread: readonly DocumentMessage[]): Promise<PreparedBatch> {
  const { context } = session;
  const builder = new BatchBuilder(session);
  await removeUnmatched(
    context,
    unread.filter(({ part }) => part === undefined).map(({ name }) => name),
  );
  let taken = 0;
  for (const message of unread) {
    if (message.part === undefined) await takeFile(session, message, builder);
    else await takePart(session, message, builder);
    taken++;
    if (builder.isFull) break;
  }
  await builder.end();
  builder.outcome.left = unread.slice(taken);
  return builder.outcome;
}

async function takeFile(session: LaneSession, message: DocumentMessage, { outcome }: BatchBuilder): Promise<void> {
  const { context, batch } = session;
  const split = await splitFile(context, message);
  if (split.kind === "done" && split.ended !== undefined) reportFile(context, split.ended);
  if (split.kind !== "failed") return;
  const { info, error, again } = split;
  const { code, message: words, hint, candidates } = error;
  const about = { code, message: words, hint, candidates, source: "reader" } as const;
  await publishFailure(session, info, { ...about, attempts: 1, failedAt: batch.claimedAt, again });
  await removeAllRuns(context, message.name);
  outcome.failed++;
}

async function takePart(session: LaneSession, message: DocumentMessage, builder: BatchBuilder): Promise<void> {
  const { context, batch } = session;
  const { part } = message;
  const opened = part && (await openPart(context, message, part));
  if (part === undefined || opened === undefined) return;
  const { outcome } = builder;
  outcome.parts ??= [];
  const index = outcome.parts.length;
  const lines = readingName(batch.reads, index);
  outcome.parts.push({ file: message.name, run: part.run, number: part.number, lines });
  const { ended, rest } = await endedRows(session, opened);
  const tell = (row: StoredRow, problem: RowProblem): void => {
    ended.push(failedLine(row, problem, opened.file.lastModified ?? batch.claimedAt));
    outcome.failed++;
  };
  for (const row of rest) {
    const prepared = prepareRow(session, opened, row);
    if (prepared instanceof DocumentError) tell(row, prepared);
    else await builder.add(prepared.info, prepared.text, prepared.cuts, { row: { ...placeOf(row), part: index } });
  }
  await storeRowLines(
    session,
    lines,
    ended.map((line) => ({ part: index, line })),
  );
}

/** The lines that earlier runs have of rows that did not change; a line that is gone is no loss but that of its price. */
async function endedRows(
  { context }: LaneSession,
  { rows }: OpenedPart,
): Promise<{ ended: RowLine[]; rest: StoredRow[] }> {
  const kept = rows.flatMap(({ kept }) => kept ?? []);
  const found = (await readKeptLines(context.containers.results, kept)).values();
  const ended: RowLine[] = [];
  const rest: StoredRow[] = [];
  for (const row of rows) {
    const line = row.kept && parseLine(found.next().value);
    if (line === undefined || line.key !== row.key) rest.push(row);
    else ended.push({ ...line, row: row.row, line: row.line, unchanged: true });
  }
  return { ended, rest };
}

function parseLine(text: string | undefined): RowLine | undefined {
  try {
    return rowLineSchema.parse(JSON.parse(text ?? ""));
  } catch {
    return undefined;
  }
}

function prepareRow(
  { context }: LaneSession,
  { file, problem: whole }: OpenedPart,
  { text, problem = whole }: StoredRow,
): { info: DocumentInfo; text: string; cuts: Chunk[] } | DocumentError {
  const { pipeline } = context;
  if (problem !== undefined) return new DocumentError(problem);
  if (text === undefined) return unforeseen(new Error("a row without text"));
  const { container, name, etag } = file;
  const { language } = pipeline;
  try {
    const cuts = cutDocument(text, chunkLimits(pipeline));
    checkCost(cuts, context);
    const info = { container, name, etag, characters: text.length, ...(language === undefined ? {} : { language }) };
    return { info, text, cuts };
  } catch (error) {
    return error instanceof DocumentError ? error : unforeseen(error);
  }
}
