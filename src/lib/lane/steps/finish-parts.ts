import { z } from "zod";
import { type FileOutcome, publishPart } from "../../rows/publish-part.ts";
import type { RowProblem } from "../../rows/raw-record.ts";
import { failedLine, openPart, type RowLine, readPart, rowLineSchema } from "../../rows/stored-part.ts";
import { readText, writeText } from "../../storage/blobs.ts";
import type { DocumentMessage } from "../../storage/document-message.ts";
import { parseStored } from "../../storage/versioned-json.ts";
import type { LaneContext } from "../lane-context.ts";
import type { LaneSession } from "../lane-session.ts";
import { workNames } from "../store/names.ts";

/**
 * Publishes the parts of a batch, whose rows have all ended. Can be repeated.
 * @throws the first error, after all the rest is published
 */
export async function finishParts(session: LaneSession): Promise<void> {
  const { context, batch } = session;
  const { parts = [] } = batch;
  if (parts.length === 0) return;
  const kept = await readRowLines(session);
  const errors: unknown[] = [];
  for (const [index, { file, run, number }] of parts.entries()) {
    const lines = new Map(kept.filter(({ part }) => part === index).map(({ line }) => [line.row, line]));
    const part = { run, number };
    try {
      // Where somebody emptied the work container, what is lost must not be missing without a word.
      for (const row of (await readPart(context, file, part)) ?? []) {
        if (!lines.has(row.row)) lines.set(row.row, failedLine(row, LOST, batch.claimedAt));
      }
      const ended = await publishPart(context, file, part, [...lines.values()]);
      if (ended !== undefined) reportFile(context, ended);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

const LOST: RowProblem = {
  code: "AnswerLost",
  message: "What the service said of the row was removed from the work container before it was written down",
  hint: "Drop the file again: its other rows are not analysed again.",
};

/** Ends a part none of whose rows can be analysed. */
export async function failPart(session: LaneSession, message: DocumentMessage, problem: RowProblem): Promise<void> {
  const { context } = session;
  const { part, name } = message;
  const opened = part && (await openPart(context, message, part));
  if (part === undefined || opened === undefined) return;
  const failedAt = session.iso();
  const lines = opened.rows.map((row) => failedLine(row, row.problem ?? problem, failedAt));
  const ended = await publishPart(context, name, part, lines);
  if (ended !== undefined) reportFile(context, ended);
}

/** Tells the operators how a file of rows ended. */
export function reportFile({ pipeline, log }: LaneContext, { document, status, textRecords, code }: FileOutcome): void {
  const told = { pipeline: pipeline.name, document };
  if (status === "failed") log({ event: "document.failed", ...told, code: code ?? "Unknown", source: "reader" });
  else log({ event: "document.succeeded", ...told, status, textRecords });
}

const linesSchema = z.object({ lines: z.array(z.object({ part: z.int(), line: rowLineSchema })) });

/** How a row ended, and in which of the batch's parts it stands. */
export interface PlacedLine {
  part: number;
  line: RowLine;
}

/**
 * Keeps how some rows of the batch ended until their part is whole.
 * @param name of whatever ended them: a job, or the reading of a part; doing the same again replaces them
 */
export async function storeRowLines(
  { context, batch }: LaneSession,
  name: string,
  lines: readonly PlacedLine[],
): Promise<void> {
  await writeText(context.containers.work, workNames.rowLines(batch.id, name), JSON.stringify({ lines }));
}

/** What is kept of the batch's rows: of all of its jobs, and of the readings that count. */
async function readRowLines({ context, batch }: LaneSession): Promise<PlacedLine[]> {
  const { work } = context.containers;
  const prefix = workNames.rowLines(batch.id);
  const readings = new Set(batch.parts?.map(({ lines }) => lines));
  const found: PlacedLine[] = [];
  for await (const { name } of work.listBlobsFlat({ prefix })) {
    const short = name.slice(prefix.length);
    if (short.startsWith(READING) && !readings.has(short)) continue;
    const blob = await readText(work, name);
    if (blob !== undefined) found.push(...parseStored(work, name, blob.text, linesSchema).lines);
  }
  return found;
}

const READING = "read-";
const JOB = "job-";

/** Under what the lines are kept of rows that are not sent. */
export function readingName(reads: number, part: number): string {
  return `${READING}${reads}-${part}`;
}

/** Under what the lines are kept of rows that a job ended. */
export function jobName(job: string): string {
  return `${JOB}${job}`;
}
