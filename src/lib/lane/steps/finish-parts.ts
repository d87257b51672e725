import { type FileOutcome, publishPart } from "../../rows/publish-part.ts";
import type { RowProblem } from "../../rows/raw-record.ts";
import { failedLine, openPart, readPart } from "../../rows/stored-part.ts";
import type { DocumentMessage } from "../../storage/document-queue.ts";
import type { LaneContext } from "../lane-context.ts";
import type { LaneSession } from "../lane-session.ts";
import { readRowLines } from "../store/row-lines.ts";

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
