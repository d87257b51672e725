import { CsvError, type Parser, parse } from "csv-parse";
import { parse as parseNow } from "csv-parse/sync";
import { MOST_ROW_BYTES, type Place, type RawRecord, type RowProblem, rowTooLong, Window } from "./raw-record.ts";
import { type CsvFormat, csvOptions, isWide } from "./row-format.ts";

/** A field: text where csv-parse has to decode (UTF-16), otherwise the bytes as they stand. */
export type CsvField = Buffer | string;

/** How much the parser is given at a time, bytes: little after a bad row, since what follows is parsed again. */
const SLICE = { least: 1_024, most: 64 * 1_024 };

/**
 * The records of a CSV file, each as a list of fields, with the line on which it begins; lines without anything on them
 * are none. A record that breaks the rules of quoting is one bad record, and the next one begins on the next line: neither
 * it nor a quote that nothing closes takes the rest of the file with it. A quote inside a field that is not quoted is a
 * character (`5" disk`).
 *
 * csv-parse does the parsing. It stops at the first error, so it is begun anew after a bad row.
 */
export async function* csvRecords(
  bytes: AsyncIterable<Buffer>,
  format: CsvFormat,
  from: Place,
): AsyncGenerator<RawRecord<CsvField[]>> {
  const encoding = isWide(format.encoding.name) ? "utf16le" : "utf8";
  const window = new Window(bytes, from, Buffer.from(format.newline, encoding));
  let isMore = true;
  let size: number = SLICE.least;
  while (isMore || window.held.length > 0) {
    const run = new ParserRun(format);
    const begin = window.place.offset;
    let given = 0;
    while (run.error === undefined && !run.isOver) {
      while (isMore && given === window.held.length) isMore = await window.more();
      const slice = window.held.subarray(given, given + size);
      given += slice.length;
      if (slice.length > 0) await run.write(slice);
      else await run.end();
      size = Math.min(SLICE.most, size * 2);
      for (const { fields, end } of run.take()) {
        given -= window.skipBlankLines();
        const { line, offset } = window.place;
        const length = begin + end - offset;
        window.drop(length);
        given -= length;
        yield { line, end: window.place, fields };
      }
    }
    // What follows the last record is blank, or begins the record that cannot be read.
    if (run.error === undefined) return;
    window.skipBlankLines();
    size = SLICE.least;
    const { line } = window.place;
    const text = await window.takeLine();
    const fields = text === undefined ? undefined : withLooseQuotes(text, format, run.error);
    if (fields === undefined) yield { line, end: window.place, problem: problemOf(run.error) };
    else yield { line, end: window.place, fields };
  }
}

/** The fields of a line whose only fault are quotes inside fields that are not quoted. */
function withLooseQuotes(line: Buffer, format: CsvFormat, { code }: CsvError): CsvField[] | undefined {
  if (code !== "INVALID_OPENING_QUOTE") return undefined;
  const encoding = isWide(format.encoding.name) ? "utf16le" : null;
  try {
    const [fields]: CsvField[][] = parseNow(line, { ...csvOptions(format), encoding, relax_quotes: true });
    return fields;
  } catch (error) {
    if (error instanceof CsvError) return undefined;
    throw error;
  }
}

function problemOf({ code }: CsvError): RowProblem {
  if (code === "CSV_MAX_RECORD_SIZE") return rowTooLong();
  const message =
    code === "CSV_QUOTE_NOT_CLOSED"
      ? "A field of the row begins with a quote that nothing closes"
      : "A quote in the row stands where none may be: neither at an end of a field nor doubled inside one";
  const hint =
    'Correct the row: inside a quoted field, a quote is doubled. If quotes mean nothing here, set rows.quote to "".';
  return { code: "BadQuotes", message, hint };
}

/** One life of a parser: until its first error, or the end of the file. */
class ParserRun {
  error: CsvError | undefined;
  isOver = false;
  #found: { fields: CsvField[]; end: number }[] = [];
  readonly #parser: Parser;

  constructor(format: CsvFormat) {
    this.#parser = parse({
      ...csvOptions(format),
      encoding: isWide(format.encoding.name) ? "utf16le" : null,
      info: true,
      max_record_size: MOST_ROW_BYTES,
      // Records are taken here, as an error would destroy the stream with all that it still holds.
      on_record: (found: unknown) => {
        const { record, info } = found as { record: CsvField[]; info: { bytes: number } };
        this.#found.push({ fields: record, end: info.bytes });
        return undefined;
      },
    });
    this.#parser.on("error", () => {});
    this.#parser.resume();
  }

  /** The records found since the last call, and where each ends, in bytes since the parser began. */
  take(): { fields: CsvField[]; end: number }[] {
    return this.#found.splice(0);
  }

  async write(slice: Buffer): Promise<void> {
    await this.#done((callback) => this.#parser.write(slice, callback));
  }

  async end(): Promise<void> {
    await this.#done((callback) => {
      this.#parser.once("error", callback);
      this.#parser.end(callback);
    });
    this.isOver = true;
  }

  async #done(start: (callback: (error?: Error | null) => void) => void): Promise<void> {
    const error = await new Promise<Error | null | undefined>(start);
    if (error instanceof CsvError) this.error = error;
    else if (error) throw error;
  }
}
