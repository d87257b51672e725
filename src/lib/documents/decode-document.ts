import { isUtf8 } from "node:buffer";
import iconv from "iconv-lite";
import { binarySignature } from "./binary-signature.ts";
import { charsetOf, declaredEncoding, legacyEncoding, markedEncoding } from "./detect-encoding.ts";
import { DocumentError } from "./document.ts";
import { type ByteOrder, judgeUtf16, unmarkedUtf16, utf16Charset } from "./utf16.ts";

export interface DecodedDocument {
  text: string;
  /** Lower case, for example `utf-8`, `utf-16le`, `shift_jis`. */
  encoding: string;
}

/** More control characters than this share are no text in any encoding. Logs with colour codes have far fewer. */
const CONTROL_SHARE = 0.05;

/**
 * Makes a plain-text document (`.txt`, `.md`, a log, …) from its bytes. The encoding is, in this order: what a byte order
 * mark says; the `charset` of the content type if the bytes fit it; UTF-8 if they are valid and hold no control characters;
 * UTF-16 if they look so; UTF-8 with control characters; a guess among the legacy encodings.
 *
 * The byte order mark goes; line endings stay, since offsets count them. Unpaired surrogates (damaged UTF-16) become
 * U+FFFD: they cannot be written as UTF-8, so the service would see another text than the offsets are counted in. One
 * code unit takes the place of one, so that no offset moves.
 *
 * @throws DocumentError `EmptyDocument`: no bytes, or nothing but white space; `NotText`: another kind of file;
 *   `UnknownEncoding`: text in an encoding that could not be told
 */
export function decodeDocument(
  bytes: Uint8Array,
  about: { name: string; contentType?: string | undefined },
): DecodedDocument {
  if (bytes.length === 0) throw emptyDocument("The document has no bytes");
  const looksLike = binarySignature(bytes);
  if (looksLike !== undefined) throw notText(`The document is ${looksLike}, ${contrast(about.name)}`, looksLike);
  const encoding = encodingOf(bytes, about.contentType);
  const text = decode(bytes, encoding).toWellFormed();
  if (text.includes("\0")) throw notText("The document holds NUL characters, which plain text never does");
  // Format characters count as nothing to analyse: zero-width spaces, direction marks, a second byte order mark.
  if (!/[^\s\p{Cc}\p{Cf}]/u.test(text)) throw emptyDocument("The document holds nothing but white space");
  return { text, encoding };
}

function encodingOf(bytes: Uint8Array, contentType: string | undefined): string {
  const marked = markedEncoding(bytes);
  if (marked !== undefined) {
    const order = utf16Charset(marked);
    if (order !== undefined && judgeUtf16(bytes.subarray(2), order, "mark") !== order) throw wronglyMarked(marked);
    return marked;
  }
  const charset = charsetOf(contentType);
  const utf16 = utf16Charset(charset);
  const declared = utf16 === undefined ? declaredEncoding(bytes, charset) : declaredUtf16(bytes, utf16);
  if (declared !== undefined) return declared;
  const controls = countControls(bytes);
  if (controls === 0 && isUtf8(bytes)) return "utf-8";
  const wide = unmarkedUtf16(bytes);
  if (wide !== undefined) return wide;
  if (controls > bytes.length * CONTROL_SHARE) {
    const share = Math.round((controls / bytes.length) * 100);
    throw notText(`The document is not plain text: ${share} % of its bytes are control characters`);
  }
  const encoding = isUtf8(bytes) ? "utf-8" : legacyEncoding(bytes);
  if (encoding === undefined) throw unknownEncoding(charset);
  return encoding;
}

/** Nothing else is guessed in place of a UTF-16 that is damaged or cut: its bytes are nonsense in any other encoding. */
function declaredUtf16(bytes: Uint8Array, encoding: ByteOrder | "utf-16"): ByteOrder | undefined {
  const verdict = judgeUtf16(bytes, encoding, "charset");
  if (verdict === "neither") throw unknownEncoding(encoding);
  return verdict === "one-byte" ? undefined : verdict;
}

function decode(bytes: Uint8Array, encoding: string): string {
  if (encoding === "utf-8") return new TextDecoder().decode(bytes);
  return iconv.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), encoding);
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

function wronglyMarked(encoding: string): DocumentError {
  return new DocumentError({
    code: "UnknownEncoding",
    message: `The document begins with the byte order mark of ${encoding.toUpperCase()}, but what follows is no such text`,
    hint: "Something wrote the mark before a text in another encoding, or the file is no text. Save it as UTF-8.",
  });
}

function unknownEncoding(charset: string | undefined): DocumentError {
  const declared =
    charset === undefined
      ? "its content type names no charset"
      : `it is not in the charset that its content type names (${charset.slice(0, 40)})`;
  return new DocumentError({
    code: "UnknownEncoding",
    message: `The document's encoding could not be told: it is not valid UTF-8 or UTF-16, and ${declared}`,
    hint: "Save it as UTF-8, or set the blob's content type with its charset, for example text/plain; charset=windows-1250.",
  });
}
