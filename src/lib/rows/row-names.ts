import { createHash } from "node:crypto";
import { z } from "zod";
import { recordName } from "../documents/document.ts";

/** A part of a file: which run of the file cut it, and its number, from 1 on. */
export interface PartId {
  run: string;
  number: number;
}

/** Where a row stands: in which of a batch's parts, and where in its file. */
export const partRowSchema = z.object({
  part: z.int(),
  row: z.int(),
  line: z.int(),
  id: z.string().optional(),
  key: z.string().optional(),
});
export type PartRow = z.output<typeof partRowSchema>;

const DIGITS = 5;
const ROWS = "rows/";

/** Where the work on files of rows lies in the work container. */
export const rowNames = {
  ofPipeline: (pipeline: string) => `${ROWS}${pipeline}/`,
  run: (pipeline: string, file: string) => `${folder(pipeline, file)}run.json`,
  parts: (pipeline: string, file: string, run: string) => `${folder(pipeline, file)}${run}/`,
  part: (pipeline: string, file: string, { run, number }: PartId) =>
    `${folder(pipeline, file)}${run}/${padded(number)}`,
} as const;

/** A file's name may be as long as a blob name can be; its hash fits behind any prefix. */
function folder(pipeline: string, file: string): string {
  return `${ROWS}${pipeline}/${createHash("sha256").update(file).digest("base64url")}/`;
}

/** Where the rows of a part stand: in the container of the results those that have one, in that of the failures the others. */
export function partName(pipeline: string, file: string, { run, number }: PartId): string {
  return recordName(pipeline, file, `rows/${run}/${padded(number)}.jsonl`);
}

/** What the names of all parts of a run begin with. */
export function runPrefix(pipeline: string, file: string, run: string): string {
  return partName(pipeline, file, { run, number: 1 }).slice(0, -`${padded(1)}.jsonl`.length);
}

/** What the names of all parts of a file begin with, whatever the run. */
export function runsPrefix(pipeline: string, file: string): string {
  const run = runName("", 0);
  return runPrefix(pipeline, file, run).slice(0, -`${run}/`.length);
}

function padded(number: number): string {
  return String(number).padStart(DIGITS, "0");
}

/** The name of a run: the same for the same version of a file, however often its beginning is repeated. */
export function runName(etag: string, again: number): string {
  return createHash("sha256").update(`${etag}\n${again}`).digest("hex").slice(0, 12);
}

/** What a row is known by when its file is dropped again: 16 characters of the hash of its id and its text. */
export function rowKey(id: string | undefined, text: string): string {
  return createHash("sha256")
    .update(`${id ?? ""}\0${text}`)
    .digest("base64url")
    .slice(0, 16);
}
