import { z } from "zod";
import { ENCODING_SOURCES } from "../documents/document.ts";

const encodingFields = {
  encoding: z.object({ name: z.string(), source: z.enum(ENCODING_SOURCES) }),
  /** Bytes of the byte order mark. */
  mark: z.int(),
};

/** How a file of rows is to be read; found out once for each version of a file, and kept. */
export const rowFormatSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("csv"),
    ...encodingFields,
    delimiter: z.string(),
    quote: z.string(),
    newline: z.enum(["\n", "\r"]),
    header: z.boolean(),
    /** How many fields a row has. */
    columns: z.int(),
    /** Which of them, from 0 on, is the text, and which the id. */
    text: z.int(),
    id: z.int().optional(),
  }),
  z.object({ kind: z.literal("jsonl"), ...encodingFields, text: z.string(), id: z.string().optional() }),
]);

export type RowFormat = z.output<typeof rowFormatSchema>;
export type CsvFormat = Extract<RowFormat, { kind: "csv" }>;

/** True for the encodings in which a character has two bytes. */
export function isWide(encoding: string): boolean {
  return /^utf-?16/i.test(encoding);
}

/** What csv-parse is told about the lines of a file. */
export function csvOptions({ delimiter, quote, newline }: Pick<CsvFormat, "delimiter" | "quote" | "newline">) {
  return {
    delimiter,
    quote: quote === "" ? (false as const) : quote,
    escape: quote === "" ? null : quote,
    record_delimiter: newline === "\n" ? ["\r\n", "\n"] : ["\r"],
    relax_column_count: true,
    skip_empty_lines: true,
  };
}
