import { z } from "zod";
import { type RowLine, rowLineSchema } from "../../rows/stored-part.ts";
import { readText, writeText } from "../../storage/blobs.ts";
import { parseStored } from "../../storage/versioned-json.ts";
import type { LaneSession } from "../lane-session.ts";
import { workNames } from "./names.ts";

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
export async function readRowLines({ context, batch }: LaneSession): Promise<PlacedLine[]> {
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
