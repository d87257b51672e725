import { isUtf8 } from "node:buffer";
import { binarySignature } from "./binary-signature.ts";
import {
  charsetOf,
  damageOf,
  declaredInside,
  decodeAs,
  escapedEncoding,
  exactCharset,
  isShifted,
  knownCharset,
  markedEncoding,
} from "./charsets.ts";
import { DocumentError, type Encoding, type EncodingSource, type ReadingCandidate } from "./document.ts";
import { guessEncoding } from "./guess-encoding.ts";
import { type ByteOrder, judgeUtf16, unmarkedUtf16, utf16Charset } from "./utf16.ts";

export interface DecodedDocument {
  text: string;
  encoding: Encoding;
}

/** What is known of a document beside its bytes. */
export interface AboutDocument {
  name: string;
  contentType?: string | undefined;
  /** The encoding that the pipeline states for all of its documents. */
  encoding?: string | undefined;
}

/** More control characters than this share are no text in any encoding. Logs with colour codes have far fewer. */
const CONTROL_SHARE = 0.05;
/** With this share of characters that are no UTF-8 or less, a text is UTF-8 with something else in it. */
const MIXED = 0.25;
/** In a stated encoding, so many characters may be damaged: real files have a bad byte. */
const DAMAGE = 0.01;
/** So many different characters outside ASCII are no UTF-8 by chance. */
const NOT_BY_CHANCE = 3;
/** Bad lines that a message names. */
const LINES_NAMED = 5;

/**
 * Makes a plain-text document (`.txt`, `.md`, a log, …) from its bytes: in the right encoding, or not at all. The encoding
 * is, in this order: what a byte order mark says; an escape code of ISO-2022; what the pipeline, the content type or the
 * document itself states; UTF-8 if the bytes are valid and hold no control characters; UTF-16 if they look so; UTF-8 with
 * control characters or a damaged byte; a guess among the legacy encodings.
 *
 * A stated encoding is obeyed or the document is refused, with two exceptions. Bytes that are UTF-8 beyond chance are UTF-8
 * whatever is stated: converted files keep old declarations. And `utf-8` in a content type or a declaration says nothing
 * about bytes that are not: tools write it unasked; in a pipeline it is somebody's word.
 *
 * The byte order mark goes; line endings stay, since offsets count them. Unpaired surrogates (damaged UTF-16) become
 * U+FFFD: they cannot be written as UTF-8, so the service would see another text than the offsets are counted in. One
 * code unit takes the place of one, so that no offset moves.
 *
 * @throws DocumentError `EmptyDocument`: no bytes, or nothing but white space; `NotText`: another kind of file;
 *   `UnknownEncoding`: text in an encoding that could not be told, with candidates; `MixedEncodings`: UTF-8 but for some lines
 */
export function decodeDocument(bytes: Uint8Array, about: AboutDocument): DecodedDocument {
  if (bytes.length === 0) throw emptyDocument("The document has no bytes");
  const looksLike = binarySignature(bytes);
  if (looksLike !== undefined) throw notText(`The document is ${looksLike}, ${contrast(about.name)}`, looksLike);
  const { name, source } = encodingOf(bytes, about);
  const text = decodeAs(bytes, name).toWellFormed();
  if (text.includes("\0")) throw notText("The document holds NUL characters, which plain text never does");
  // Format characters count as nothing to analyse: zero-width spaces, direction marks, a second byte order mark.
  if (!/[^\s\p{Cc}\p{Cf}]/u.test(text)) throw emptyDocument("The document holds nothing but white space");
  const { damaged } = isUtf8(bytes) ? { damaged: 0 } : damageOf(text);
  return { text, encoding: { name, source, ...(damaged > 0 ? { damaged } : {}) } };
}

function encodingOf(bytes: Uint8Array, about: AboutDocument): { name: string; source: EncodingSource } {
  const marked = markedEncoding(bytes);
  if (marked !== undefined) return { name: believed(bytes, marked), source: "mark" };
  const escaped = escapedEncoding(bytes);
  if (escaped !== undefined) return { name: readable(bytes, escaped), source: "content" };
  const stated = statedCharset(bytes, about);
  const obeyed = stated === undefined ? undefined : statedEncoding(bytes, stated);
  if (obeyed !== undefined) return obeyed;
  const controls = countControls(bytes);
  if (controls === 0 && isUtf8(bytes)) return { name: "utf-8", source: "utf8" };
  const wide = unmarkedUtf16(bytes);
  if (wide !== undefined) return { name: wide, source: "content" };
  if (controls > bytes.length * CONTROL_SHARE) {
    const share = Math.round((controls / bytes.length) * 100);
    throw notText(`The document is not plain text: ${share} % of its bytes are control characters`);
  }
  if (isUtf8(bytes) || isUtf8ButForOneByte(bytes)) return { name: "utf-8", source: "utf8" };
  const guess = guessEncoding(bytes);
  if (guess.encoding === undefined) throw unknownEncoding(stated, guess.candidates);
  return { name: exactCharset(bytes, guess.encoding), source: "content" };
}

/** What a byte order mark says, if what follows can be that. */
function believed(bytes: Uint8Array, marked: string): string {
  const order = utf16Charset(marked);
  if (order !== undefined && judgeUtf16(bytes.subarray(2), order, "mark") !== order) throw wronglyMarked(marked);
  if (marked === "utf-8" && (isUtf8(bytes) || isUtf8ButForOneByte(bytes))) return marked;
  if (order === undefined && damageOf(decodeAs(bytes, marked)).share > DAMAGE) throw wronglyMarked(marked);
  return marked;
}

interface Stated {
  charset: string;
  by: "pipeline" | "contentType" | "declaration";
}

/** Who states an encoding; the pipeline, whose owner knows his documents, before what a tool wrote. */
function statedCharset(bytes: Uint8Array, { encoding, contentType }: AboutDocument): Stated | undefined {
  if (encoding !== undefined) return { charset: encoding, by: "pipeline" };
  const charset = charsetOf(contentType);
  const inside = declaredInside(bytes);
  // A content type that says UTF-8 of what is none says nothing; the document may know better.
  if (charset !== undefined && (inside === undefined || !isHollow(bytes, charset)))
    return { charset, by: "contentType" };
  return inside === undefined ? undefined : { charset: inside, by: "declaration" };
}

function isHollow(bytes: Uint8Array, charset: string): boolean {
  return knownCharset(charset) === "utf-8" && !isUtf8(bytes);
}

/** What follows from a stated encoding; undefined where it says nothing. */
function statedEncoding(bytes: Uint8Array, stated: Stated): { name: string; source: EncodingSource } | undefined {
  const { charset, by } = stated;
  const utf16 = utf16Charset(charset);
  if (utf16 !== undefined) {
    const order = by === "declaration" ? undefined : statedUtf16(bytes, utf16);
    return order === undefined ? undefined : { name: order, source: by };
  }
  const known = knownCharset(charset);
  if (known === "utf-8") {
    if (isUtf8(bytes)) return countControls(bytes) === 0 ? { name: "utf-8", source: by } : undefined;
    if (by === "pipeline" && damageOf(decodeAs(bytes, known)).share > DAMAGE) throw notAsStated(stated);
    return undefined;
  }
  if (known === undefined && isShifted(bytes, charset)) throw noDecoder(stated);
  if (isUtf8BeyondChance(bytes)) return undefined;
  if (known === undefined) throw noDecoder(stated);
  const name = exactCharset(bytes, known);
  if (damageOf(decodeAs(bytes, name)).share > DAMAGE) throw notAsStated(stated);
  return { name, source: by };
}

/** Nothing else is guessed in place of a UTF-16 that is damaged or cut: its bytes are nonsense in any other encoding. */
function statedUtf16(bytes: Uint8Array, encoding: ByteOrder | "utf-16"): ByteOrder | undefined {
  const verdict = judgeUtf16(bytes, encoding, "charset");
  if (verdict === "neither") throw notAsStated({ charset: encoding, by: "contentType" });
  return verdict === "one-byte" ? undefined : verdict;
}

/** ASCII, which is the same in every encoding that is left, and UTF-8 that no other encoding happens to be. */
function isUtf8BeyondChance(bytes: Uint8Array): boolean {
  if (!isUtf8(bytes)) return false;
  const characters = new Set(decodeAs(bytes, "utf-8").match(/[^\0-\x7f]/gu));
  return characters.size === 0 || characters.size >= NOT_BY_CHANCE;
}

/** True for UTF-8 in which a single character is damaged. Where more is, other encodings stand between: no reading is right. */
function isUtf8ButForOneByte(bytes: Uint8Array): boolean {
  const text = decodeAs(bytes, "utf-8");
  const { damaged, share } = damageOf(text);
  if (share > MIXED) return false;
  // One bad byte, or one character cut short, becomes up to three.
  const together = text.lastIndexOf("\ufffd") - text.indexOf("\ufffd") < 3;
  if (share <= DAMAGE && together) return true;
  const bad = text.split(/\r\n|\r|\n/).flatMap((line, index) => (line.includes("\ufffd") ? [index + 1] : []));
  throw mixedEncodings(bad, damaged);
}

function readable(bytes: Uint8Array, escaped: string): string {
  const known = knownCharset(escaped);
  if (known === undefined || damageOf(decodeAs(bytes, known)).share > DAMAGE) {
    throw unreadable(`The document is in ${escaped.toUpperCase()}, which cannot be read here`);
  }
  return known;
}

/** Control characters other than white space, backspace, escape and the old end-of-file mark. */
function countControls(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) {
    if ((byte < 0x20 && (byte < 8 || byte > 13) && byte !== 0x1a && byte !== 0x1b) || byte === 0x7f) count++;
  }
  return count;
}

function emptyDocument(message: string): DocumentError {
  return new DocumentError({
    code: "EmptyDocument",
    message,
    hint: "There is nothing to analyse. If it should hold text, upload it again; the new version is taken by itself.",
  });
}

function contrast(name: string): string {
  const extension = /\.(?:txt|text|md|markdown|log|csv|tsv)$/i.exec(name)?.[0];
  return extension === undefined ? "not plain text" : `although its name ends in ${extension}`;
}

function notText(message: string, looksLike = "a binary file"): DocumentError {
  return new DocumentError({
    code: "NotText",
    message,
    hint: `It looks like ${looksLike}. Convert it to plain text first (UTF-8 is best), then upload the text.`,
  });
}

function unreadable(message: string, hint = "Save it as UTF-8 and upload it again."): DocumentError {
  return new DocumentError({ code: "UnknownEncoding", message, hint });
}

function wronglyMarked(encoding: string): DocumentError {
  return unreadable(
    `The document begins with the byte order mark of ${encoding.toUpperCase()}, but what follows is no such text`,
    "Something wrote the mark before a text in another encoding, or the file is no text. Save it as UTF-8.",
  );
}

const STATED_BY = {
  pipeline: "the pipeline states",
  contentType: "its content type names",
  declaration: "it declares itself",
} as const;

function noDecoder({ charset, by }: Stated): DocumentError {
  return unreadable(
    `The document's encoding cannot be read here: ${STATED_BY[by]} (${charset.slice(0, 40)})`,
    "Save it as UTF-8, or correct what is stated if it is in another encoding.",
  );
}

function notAsStated({ charset, by }: Stated): DocumentError {
  return unreadable(
    `The document is not in the encoding that ${STATED_BY[by]} (${charset.slice(0, 40)})`,
    "Save it as UTF-8, or correct what is stated: a pipeline's `encoding`, or a content type such as text/plain; charset=windows-1250.",
  );
}

function mixedEncodings(lines: readonly number[], damaged: number): DocumentError {
  const named = lines.slice(0, LINES_NAMED).join(", ");
  const more = lines.length > LINES_NAMED ? ` and ${lines.length - LINES_NAMED} more` : "";
  return new DocumentError({
    code: "MixedEncodings",
    message: `The document is UTF-8, but for ${damaged} bytes in another encoding (line ${named}${more})`,
    hint: "Something joined texts in different encodings, or damaged it. Repair those lines and upload it again as UTF-8.",
  });
}

function unknownEncoding(stated: Stated | undefined, candidates: readonly ReadingCandidate[]): DocumentError {
  const declared =
    stated === undefined
      ? "nothing says which it is"
      : `it is not in the one that ${STATED_BY[stated.by]} (${stated.charset.slice(0, 40)})`;
  const likely = candidates.map(({ encoding }) => encoding).join(", ");
  return new DocumentError({
    code: "UnknownEncoding",
    message: `The document's encoding could not be told: it is not valid UTF-8 or UTF-16, and ${declared}${likely === "" ? "" : `; it could be ${likely}`}`,
    hint: "Save it as UTF-8, or set the pipeline's `encoding` or the blob's content type with its charset, for example text/plain; charset=windows-1250.",
    candidates,
  });
}
