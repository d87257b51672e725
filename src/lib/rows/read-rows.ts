import { isUtf8 } from "node:buffer";
import { decodeAs } from "../documents/charsets.ts";
import { type CsvField, csvRecords } from "./csv-records.ts";
import { type Place, type RawRecord, type RowProblem, rowTooLong, Window } from "./raw-record.ts";
import { type CsvFormat, isWide, type RowFormat } from "./row-format.ts";

/** A row of a file: what identifies it and its text, or what is wrong with it. */
export interface Row {
  /** From 1 on; the header and lines without anything on them do not count. */
  row: number;
  /** The line on which it begins, from 1 on. */
  line: number;
  /** Where the next row begins. */
  end: Place;
  id?: string | undefined;
  text?: string;
  problem?: RowProblem;
}

/** Where reading begins: at a row, and which one it is. */
export interface RowPlace extends Place {
  row: number;
}

/** Where the first row begins, or the header. */
export function firstPlace({ mark }: RowFormat): RowPlace {
  return { offset: mark, line: 1, row: 1 };
}

/**
 * The rows of a file from a place on, one at a time. A bad row is a row with a problem; the file goes on behind it.
 * @param bytes the file's bytes from that place on
 */
export async function* readRows(
  bytes: AsyncIterable<Buffer>,
  format: RowFormat,
  from: RowPlace = firstPlace(format),
): AsyncGenerator<Row> {
  const ordered = /be$/i.test(format.encoding.name) && isWide(format.encoding.name) ? swapped(bytes) : bytes;
  let { row } = from;
  let isHeader = format.kind === "csv" && format.header && from.offset === format.mark;
  const records =
    format.kind === "csv" ? csvRecords(ordered, format, from) : jsonLines(ordered, format.encoding.name, from);
  for await (const record of records) {
    if (isHeader) {
      isHeader = false;
      continue;
    }
    const read = "problem" in record ? record : contentOf(record.fields, format);
    if (read === undefined) continue;
    yield { row: row++, line: record.line, end: record.end, ...withoutBlanks(read) };
  }
}

interface Content {
  id?: string | undefined;
  text?: string;
  problem?: RowProblem;
}

function withoutBlanks({ id, text, problem }: Content): Content {
  if (problem !== undefined) return { id, problem };
  const plain = (text ?? "").toWellFormed();
  if (!/[^\s\p{Cc}\p{Cf}]/u.test(plain)) return { id, problem: EMPTY };
  if (plain.includes("\0")) return { id, problem: NOT_TEXT };
  return { id, text: plain };
}

/** Undefined for a record without anything in it: spreadsheets end with such lines. */
function contentOf(fields: CsvField[] | Buffer, format: RowFormat): Content | undefined {
  try {
    if (format.kind === "jsonl") return jsonContent(fields as Buffer, format);
    return csvContent(fields as CsvField[], format);
  } catch (error) {
    if (error instanceof DamagedField) return { problem: DAMAGED };
    throw error;
  }
}

function csvContent(fields: CsvField[], format: CsvFormat): Content | undefined {
  if (fields.every((field) => field.length === 0)) return undefined;
  const { columns, text, id, encoding } = format;
  const more = fields.slice(columns);
  if (fields.length < columns || more.some(({ length }) => length > 0))
    return { problem: otherColumns(fields, columns) };
  const decode = (index: number | undefined): string | undefined => {
    const field = index === undefined ? undefined : fields[index];
    return field === undefined ? undefined : decodeField(field, encoding.name);
  };
  return { id: decode(id), text: decode(text) ?? "" };
}

function jsonContent(line: Buffer, { encoding, text, id }: Extract<RowFormat, { kind: "jsonl" }>): Content {
  let value: unknown;
  try {
    value = JSON.parse(decodeField(line, encoding.name));
  } catch (error) {
    if (error instanceof SyntaxError) return { problem: NOT_JSON };
    throw error;
  }
  const name = id === undefined ? undefined : fieldOf(value, id);
  const known = typeof name === "string" || typeof name === "number" ? { id: String(name) } : {};
  const content = fieldOf(value, text);
  if (content === undefined) return { ...known, problem: NO_TEXT };
  if (content !== null && typeof content !== "string") return { ...known, problem: TEXT_IS_NO_STRING };
  return { ...known, text: content ?? "" };
}

/** A field of an object: of that very name, else at the end of that path. */
function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  if (Object.hasOwn(value, name)) return (value as Record<string, unknown>)[name];
  let found: unknown = value;
  for (const step of name.split(".")) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, step)) return undefined;
    found = (found as Record<string, unknown>)[step];
  }
  return found;
}

class DamagedField extends Error {}

function decodeField(field: CsvField, encoding: string): string {
  if (typeof field === "string") return field;
  if (encoding === "utf-8" || encoding === "utf8") {
    if (!isUtf8(field)) throw new DamagedField();
    return field.toString("utf8");
  }
  const text = isWide(encoding) ? field.toString("utf16le") : decodeAs(field, encoding);
  if (text.includes("\ufffd")) throw new DamagedField();
  return text;
}

/** The lines of a file, each one JSON value. */
async function* jsonLines(
  bytes: AsyncIterable<Buffer>,
  encoding: string,
  from: Place,
): AsyncGenerator<RawRecord<Buffer>> {
  const window = new Window(bytes, from, Buffer.from("\n", isWide(encoding) ? "utf16le" : "utf8"));
  for (;;) {
    window.skipBlankLines();
    if (window.held.length === 0 && !(await window.more())) return;
    window.skipBlankLines();
    if (window.held.length === 0) continue;
    const { line } = window.place;
    const fields = await window.takeLine();
    const end = window.place;
    yield fields === undefined ? { line, end, problem: rowTooLong() } : { line, end, fields };
  }
}

/** Big-endian UTF-16 as little-endian: the one that Node knows. */
async function* swapped(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let odd: Buffer = Buffer.alloc(0);
  for await (const piece of bytes) {
    const whole = Buffer.concat([odd, piece]);
    const even = whole.length - (whole.length % 2);
    odd = whole.subarray(even);
    yield whole.subarray(0, even).swap16();
  }
  if (odd.length > 0) yield odd;
}

function otherColumns(fields: readonly CsvField[], columns: number): RowProblem {
  return {
    code: "ColumnCount",
    message: `The row has ${fields.length} fields, and the file's first line has ${columns}`,
    hint: "Correct the row: a field that holds the delimiter or a line break is put in quotes.",
  };
}

const EMPTY: RowProblem = {
  code: "EmptyText",
  message: "The row's text is empty, or nothing but white space",
  hint: "Nothing to do, if it should be: nothing was sent and nothing is billed.",
};
const NOT_TEXT: RowProblem = {
  code: "NotText",
  message: "The row's text holds NUL characters, which plain text never does",
  hint: "Correct the row.",
};
const DAMAGED: RowProblem = {
  code: "DamagedText",
  message: "The row holds bytes that are no characters in the encoding of the file",
  hint: 'Write the file in one encoding; if it is in another one than the summary says, state it as "encoding" of the pipeline.',
};
const NOT_JSON: RowProblem = {
  code: "NotJson",
  message: "The line is no JSON value",
  hint: "Correct the line: each line of the file is one whole JSON object.",
};
const NO_TEXT: RowProblem = {
  code: "TextMissing",
  message: "The line has no field of the name that the pipeline's rows.text says",
  hint: "Correct the line, or rows.text of the pipeline.",
};
const TEXT_IS_NO_STRING: RowProblem = {
  code: "TextIsNoString",
  message: "The field that rows.text names holds something else than a string",
  hint: "Correct the line, or rows.text of the pipeline.",
};
