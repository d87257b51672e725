import type { ExtractionLimits } from "./format.ts";
import { textTooLong } from "./refusals.ts";

/** White space of HTML and XML; a no-break space is a character of the text. */
const SPACES = /[ \t\n\f\r]+/g;
/** Control characters that no text needs; tabs and line breaks stay. */
const CONTROLS = /(?![\t\n])\p{Cc}/gu;

/** How far two pieces of text stand apart. */
const NOTHING = 0;
const LINE = 1;
const PARAGRAPH = 2;

/**
 * Writes the text of a document whose parts are blocks: each on lines of its own, paragraphs with an empty line between,
 * cells of a row with a tab. These breaks are written only between two texts, so there is none at either end.
 */
export class TextWriter {
  readonly #limits: ExtractionLimits;
  #parts: string[] = [];
  #length = 0;
  #break: number = NOTHING;
  #space = false;
  #tabs = 0;
  #prefix = "";
  #waiting: number[][] = [];
  /** The last thing written was a break of the text itself, behind which white space is dropped. */
  #atLineStart = true;

  constructor(limits: ExtractionLimits) {
    this.#limits = limits;
  }

  /** Text in which white space counts as one space. */
  flowing(text: string): void {
    let from = 0;
    for (const { index, 0: space } of text.matchAll(SPACES)) {
      this.#write(text.slice(from, index));
      this.#space = true;
      from = index + space.length;
    }
    this.#write(text.slice(from));
  }

  /** Text whose white space stays. */
  verbatim(text: string): void {
    this.#write(text.replace(/\r\n?/g, "\n"));
  }

  /** What follows begins on a new line. */
  line(): void {
    this.#break = Math.max(this.#break, LINE);
  }

  /** What follows has an empty line before it. */
  paragraph(): void {
    this.#break = PARAGRAPH;
  }

  /** A break inside a paragraph; several of them stay several. */
  lineBreak(): void {
    this.#break = this.#break === NOTHING ? LINE : PARAGRAPH;
  }

  /** What follows is the next cell of the row. */
  cell(): void {
    if (this.#break === NOTHING || this.#tabs > 0) this.#tabs++;
    else this.#tabs = 1;
    this.#break = NOTHING;
  }

  /** A row is over; cells that hold nothing at its end are none. */
  row(): void {
    this.#tabs = 0;
    this.line();
  }

  /** Stands before the next text, if one follows before the next prefix: the sign of a list's item. */
  prefix(sign: string): void {
    this.#prefix = sign;
  }

  /** Notes in a list where the next text begins; at the end, if none does. */
  mark(list: number[]): void {
    this.#waiting.push(list);
  }

  /** Nothing was written yet. */
  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /** The text, ended. */
  end(): string {
    this.#resolve();
    return this.#parts.join("");
  }

  #write(raw: string): void {
    const text = raw.replace(CONTROLS, "").toWellFormed();
    if (text === "") return;
    const before = this.#separator();
    this.#append(before);
    this.#resolve();
    this.#append(this.#prefix + text);
    this.#prefix = "";
    this.#atLineStart = text.endsWith("\n");
  }

  /** What stands between the last text and the next. */
  #separator(): string {
    const [length, gap, tabs, space] = [this.#length, this.#break, this.#tabs, this.#space];
    this.#break = NOTHING;
    this.#tabs = 0;
    this.#space = false;
    if (length === 0) return "";
    if (gap > NOTHING) return "\n".repeat(this.#atLineStart ? gap - 1 : gap) + "\t".repeat(tabs);
    if (tabs > 0) return "\t".repeat(tabs);
    return space && !this.#atLineStart ? " " : "";
  }

  #resolve(): void {
    for (const list of this.#waiting) list.push(this.#length);
    this.#waiting = [];
  }

  #append(text: string): void {
    if (text === "") return;
    this.#parts.push(text);
    this.#length += text.length;
    if (this.#length > this.#limits.characters) throw textTooLong(this.#limits);
  }
}
