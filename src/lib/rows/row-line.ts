import { z } from "zod";
import type { FailureFile, ResultFile } from "../results/record.ts";
import type { RowProblem } from "./raw-record.ts";
import type { StoredRow } from "./stored-part.ts";

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

/** Where a row stands: in which of a batch's parts, and where in its file. */
interface RowPlace {
  part: number;
  row: number;
  line: number;
  id?: string | undefined;
  key?: string | undefined;
}

/** The line of a row that was sent, from the record that a document would have. What all rows of a file share is left out. */
export function lineOf(place: RowPlace, record: ResultFile | FailureFile): { part: number; line: RowLine } {
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
export function placeOf({ row, line, id, key }: StoredRow): Omit<RowPlace, "part"> {
  return { row, line, ...(id === undefined ? {} : { id }), ...(key === undefined ? {} : { key }) };
}

/** The line of a row that was not sent. @param failedAt ISO 8601 */
export function failedLine(row: StoredRow, { code, message, hint }: RowProblem, failedAt: string): RowLine {
  const { key, ...place } = placeOf(row);
  const error = { code, message, hint, source: "reader" };
  return { ...(key === undefined ? {} : { key }), ...place, status: "failed", error, attempts: 1, failedAt };
}
