import type { z } from "zod";
import type { reasonSchema } from "../common/hold.ts";
/** A place between two records of a file. */
export interface Place {
  /** Bytes from the file's beginning. */
  offset: number;
  /** The line that begins here, from 1 on. */
  line: number;
}

/** Why a row cannot be analysed, as its failure tells it; never quotes the row. */
export type RowProblem = z.output<typeof reasonSchema>;

/** A record as it stands in a file, its fields not decoded yet; or what is wrong with it. */
export type RawRecord<Fields> = {
  /** The line that it begins on. */
  line: number;
  /** Where the next one begins. */
  end: Place;
} & ({ fields: Fields } | { problem: RowProblem });

/** A longer row is a failure of its own: so much of a file is in memory, whatever is dropped. */
export const MOST_ROW_BYTES = 1024 * 1024;

export function rowTooLong(): RowProblem {
  return {
    code: "RowTooLong",
    message: `The row has more than ${MOST_ROW_BYTES} bytes, or a quote is opened in it that nothing closes`,
    hint: "Correct the row, or drop its text as a document of its own.",
  };
}

/**
 * The bytes of a file that belong to no record yet, and where they stand. Knows lines, whose ends are the same bytes in
 * every encoding that rows are read in, but for those of two bytes a character.
 */
export class Window {
  place: Place;
  held: Buffer = Buffer.alloc(0);
  readonly #bytes: AsyncIterator<Buffer>;
  readonly #newline: Buffer;

  constructor(bytes: AsyncIterable<Buffer>, place: Place, newline: Buffer) {
    this.#bytes = bytes[Symbol.asyncIterator]();
    this.place = place;
    this.#newline = newline;
  }

  /** Reads on. @returns false at the end of the file */
  async more(): Promise<boolean> {
    const { done, value } = await this.#bytes.next();
    if (done) return false;
    this.held = this.held.length === 0 ? value : Buffer.concat([this.held, value]);
    return true;
  }

  /** Where the next line begins, in bytes from the window's beginning; undefined when its end is not there. */
  endOfLine(from = 0): number | undefined {
    const width = this.#newline.length;
    for (let at = this.held.indexOf(this.#newline, from); at !== -1; at = this.held.indexOf(this.#newline, at + 1)) {
      if (at % width === 0) return at + width;
    }
    return undefined;
  }

  /** Lines without anything on them go, so that the window begins with a record. */
  skipBlankLines(): number {
    let skipped = 0;
    for (let end = this.endOfLine(); end !== undefined && this.#isBlank(end); end = this.endOfLine()) {
      this.drop(end);
      skipped += end;
    }
    return skipped;
  }

  #isBlank(end: number): boolean {
    return this.held.subarray(0, end).every((byte) => byte === 0x0a || byte === 0x0d || byte === 0);
  }

  /** Moves on over so many bytes. */
  drop(bytes: number): void {
    let { line } = this.place;
    for (let end = this.endOfLine(); end !== undefined && end <= bytes; end = this.endOfLine(end)) line++;
    this.place = { offset: this.place.offset + bytes, line };
    this.held = this.held.subarray(bytes);
  }

  /**
   * Moves on over the line that begins here, however long it is.
   * @returns its bytes; undefined for one over the limit
   */
  async takeLine(): Promise<Buffer | undefined> {
    let end = this.endOfLine();
    while (end === undefined && this.held.length <= MOST_ROW_BYTES && (await this.more())) end = this.endOfLine();
    if (end !== undefined || this.held.length <= MOST_ROW_BYTES) {
      const line = this.held.subarray(0, end ?? this.held.length);
      this.drop(line.length);
      return line.length > MOST_ROW_BYTES ? undefined : line;
    }
    for (; end === undefined; end = this.endOfLine()) {
      // An even number, so that no character of two bytes is torn.
      this.drop(this.held.length - (this.held.length % 2));
      if (!(await this.more())) break;
    }
    this.drop(end ?? this.held.length);
    return undefined;
  }
}
