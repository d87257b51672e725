import iconv from "iconv-lite";
import type { Extracted, ExtractionLimits, Source } from "./format.ts";
import { damaged, emptyFile, nestedTooDeep } from "./refusals.ts";
import { TextWriter } from "./text-writer.ts";

const WHAT = "an RTF document";

/** Groups that hold no text of the document's body, beside all that begin with `\*` (RTF specification 1.9.1, "Destinations"). */
const NO_TEXT: ReadonlySet<string> = new Set(
  (
    "fonttbl colortbl stylesheet info pict object objdata header headerl headerr headerf footer footerl footerr footerf " +
    "listtable listoverridetable revtbl rsidtbl generator filetbl themedata colorschememapping datastore latentstyles " +
    "xmlnstbl fldinst bkmkstart bkmkend nonshppict private template"
  ).split(" "),
);
/** Control words that stand for a character. */
const CHARACTERS: Readonly<Record<string, string>> = {
  emdash: "\u2014",
  endash: "\u2013",
  emspace: "\u2003",
  enspace: "\u2002",
  qmspace: "\u2005",
  bullet: "\u2022",
  lquote: "\u2018",
  rquote: "\u2019",
  ldblquote: "\u201c",
  rdblquote: "\u201d",
  "~": "\u00a0",
  _: "\u2011",
  "{": "{",
  "}": "}",
  "\\": "\\",
};
/** `\fcharset` of a font and the code page of its bytes (RTF specification, "Font Table"). */
const CODE_PAGES: Readonly<Record<number, number>> = {
  0: 1252,
  77: 10000,
  128: 932,
  129: 949,
  130: 1361,
  134: 936,
  136: 950,
  161: 1253,
  162: 1254,
  163: 1258,
  177: 1255,
  178: 1256,
  186: 1257,
  204: 1251,
  222: 874,
  238: 1250,
};
const TOKEN = /\\([a-z]+)(-?\d+)? ?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|[\r\n]+|[^\\{}\r\n]+/giy;

/** What a group inherits from the one around it. */
interface Group {
  /** Its text is none of the document's. */
  silent: boolean;
  font: number | undefined;
  /** How many bytes follow a `\u` for readers that do not know it. */
  fallback: number;
  inFontTable: boolean;
  hidden: boolean;
}

/** Reads an RTF document: its body, with footnotes where they are anchored; no headers, footers, fields' codes or pictures. */
export async function readRtf({ bytes, limits }: Source): Promise<Extracted> {
  const text = textOfRtf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1"), limits);
  if (text.trim() === "") throw emptyFile(WHAT);
  return { text };
}

/** @param source one character for each byte */
export function textOfRtf(source: string, limits: ExtractionLimits): string {
  return new RtfText(limits).read(source);
}

class RtfText {
  readonly #writer: TextWriter;
  readonly #limits: ExtractionLimits;
  readonly #groups: Group[] = [];
  readonly #fonts = new Map<number, number>();
  #group: Group = { silent: false, font: undefined, fallback: 1, inFontTable: false, hidden: false };
  #codePage = 1252;
  /** Bytes in the code page of the font, of which one character may take two. */
  #bytes: number[] = [];
  /** UTF-16 code units given by `\u`. */
  #units = "";
  /** How many characters or bytes of a `\u`'s fallback are still to be passed over. */
  #skip = 0;
  #star = false;

  constructor(limits: ExtractionLimits) {
    this.#limits = limits;
    this.#writer = new TextWriter(limits);
  }

  read(source: string): string {
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < source.length) {
      const token = TOKEN.exec(source);
      if (token === null) {
        // A lone backslash at the end.
        break;
      }
      const [whole, word, number, hex, symbol, brace] = token;
      if (brace === "{") this.#open();
      else if (brace === "}") this.#close();
      else if (word !== undefined) {
        if (word === "bin") TOKEN.lastIndex += Math.max(0, Number(number ?? 0));
        else this.#control(word, number === undefined ? undefined : Number(number));
      } else if (hex !== undefined) this.#byte(Number.parseInt(hex, 16));
      else if (symbol !== undefined) this.#symbol(symbol);
      else if (!/^[\r\n]/.test(whole)) this.#plain(whole);
    }
    this.#flush();
    if (this.#groups.length > 0 && this.#writer.isEmpty) throw damaged(WHAT);
    return this.#writer.end();
  }

  #open(): void {
    this.#flush();
    this.#groups.push(this.#group);
    if (this.#groups.length > this.#limits.nesting) throw nestedTooDeep(this.#limits);
    this.#group = { ...this.#group };
    this.#star = false;
    this.#skip = 0;
  }

  #close(): void {
    this.#flush();
    this.#group = this.#groups.pop() ?? this.#group;
    this.#skip = 0;
    this.#star = false;
  }

  #control(word: string, number: number | undefined): void {
    const group = this.#group;
    if (word === "u" && number !== undefined) {
      this.#flush();
      // 16 bits with a sign; halves of surrogate pairs come one after the other.
      this.#units += String.fromCharCode(number & 0xffff);
      this.#skip = group.fallback;
      return;
    }
    this.#flush();
    if (this.#star && !group.inFontTable) group.silent = true;
    this.#star = false;
    if (NO_TEXT.has(word)) group.silent = true;
    // A text box, in a group that programs without drawings pass over.
    if (word === "shptxt") group.silent = false;
    if (word === "fonttbl") group.inFontTable = true;
    else if (word === "ansicpg" && number !== undefined) this.#codePage = number;
    else if (word === "mac") this.#codePage = 10000;
    else if (word === "pc") this.#codePage = 437;
    else if (word === "pca") this.#codePage = 850;
    else if (word === "f") group.font = number;
    else if (word === "fcharset" && group.inFontTable) this.#fonts.set(group.font ?? -1, number ?? 0);
    else if (word === "uc") group.fallback = number ?? 1;
    else if (word === "v") group.hidden = number !== 0;
    else if (word === "plain") group.hidden = false;
    else this.#layout(word);
  }

  #layout(word: string): void {
    if (this.#isSilent) return;
    const character = CHARACTERS[word];
    if (character !== undefined) this.#write(character);
    else if (word === "par" || word === "sect" || word === "page") this.#writer.paragraph();
    else if (word === "line") this.#writer.lineBreak();
    else if (word === "tab") this.#write("\t");
    else if (word === "cell" || word === "nestcell") this.#writer.cell();
    else if (word === "row" || word === "nestrow") this.#writer.row();
  }

  #symbol(symbol: string): void {
    if (symbol === "*") {
      this.#star = true;
      return;
    }
    if (symbol === "\n" || symbol === "\r") {
      this.#control("par", undefined);
      return;
    }
    const character = CHARACTERS[symbol];
    if (character === undefined) return;
    if (this.#skip > 0) this.#skip--;
    else {
      this.#flush();
      if (!this.#isSilent) this.#write(character);
    }
  }

  #byte(byte: number): void {
    if (this.#skip > 0) this.#skip--;
    else {
      this.#flushUnits();
      this.#bytes.push(byte);
    }
  }

  #plain(text: string): void {
    const rest = text.slice(this.#skip);
    this.#skip = Math.max(0, this.#skip - text.length);
    if (rest === "") return;
    this.#flushUnits();
    // A raw byte beyond ASCII is in the code page too, and the second byte of a character may be ASCII.
    for (let index = 0; index < rest.length; index++) this.#bytes.push(rest.charCodeAt(index) & 0xff);
  }

  #flush(): void {
    this.#flushBytes();
    this.#flushUnits();
  }

  #flushUnits(): void {
    if (this.#units === "") return;
    const text = this.#units;
    this.#units = "";
    this.#write(text);
  }

  #flushBytes(): void {
    if (this.#bytes.length === 0) return;
    const bytes = Buffer.from(this.#bytes);
    this.#bytes = [];
    if (!this.#isSilent) this.#write(iconv.decode(bytes, this.#encoding));
  }

  get #encoding(): string {
    const charset = this.#fonts.get(this.#group.font ?? -1);
    const page = charset === undefined || charset <= 1 ? this.#codePage : (CODE_PAGES[charset] ?? this.#codePage);
    if (page === 65001) return "utf8";
    if (page === 10000) return "macintosh";
    const name = `cp${page}`;
    return iconv.encodingExists(name) ? name : "cp1252";
  }

  get #isSilent(): boolean {
    return this.#group.silent || this.#group.inFontTable || this.#group.hidden;
  }

  #write(text: string): void {
    if (!this.#isSilent) this.#writer.verbatim(text);
  }
}
