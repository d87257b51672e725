import { z } from "zod";
import { readText, writeText } from "../storage/blobs.ts";
import { parseStored } from "../storage/versioned-json.ts";
import type { RowsContext } from "./file-run.ts";
import type { KnownRows } from "./known-rows.ts";
import type { Row } from "./read-rows.ts";
import { type PartId, rowKey, rowNames } from "./row-names.ts";

const rowSchema = z.object({
  row: z.int(),
  line: z.int(),
  id: z.string().optional(),
  text: z.string().optional(),
  key: z.string().optional(),
  /** The line that an earlier run has of the same row. */
  kept: z.object({ blob: z.string(), offset: z.int(), length: z.int() }).optional(),
  problem: z.object({ code: z.string(), message: z.string(), hint: z.string() }).optional(),
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
