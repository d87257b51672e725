import { isUtf8 } from "node:buffer";
import { analyse } from "chardet";
import iconv from "iconv-lite";

/** How much of a document is looked at by guesses. */
const SAMPLE_BYTES = 128 * 1024;
/** Guesses of chardet up to this (of 100) are no better than chance. */
const CHANCE = 10;
/** A guessed encoding may leave this share of the characters outside ASCII undecodable: real files have a damaged byte. */
const DAMAGE = 0.01;
/** Text with at most this share of bytes outside ASCII is western European if nothing better is known. */
const FEW = 0.25;

const BYTE_ORDER_MARKS: readonly (readonly [bytes: readonly number[], encoding: string])[] = [
  [[0xef, 0xbb, 0xbf], "utf-8"],
  [[0xff, 0xfe, 0, 0], "utf-32le"],
  [[0, 0, 0xfe, 0xff], "utf-32be"],
  [[0xff, 0xfe], "utf-16le"],
  [[0xfe, 0xff], "utf-16be"],
];

/** Names that iconv-lite knows but that are not encodings of text, or lose bits without saying so. */
const NOT_CHARSETS = /^(?:base64|hex|binary|internal|.*utf7.*)$/;
const ASCII_OR_UTF_8 = /^(?:(?:us)?ascii|utf8)$/;

/** The encoding that a byte order mark names; it beats everything else (encoding.spec.whatwg.org, "BOM sniff"). */
export function markedEncoding(bytes: Uint8Array): string | undefined {
  return BYTE_ORDER_MARKS.find(([mark]) => mark.every((byte, index) => bytes[index] === byte))?.[1];
}

/** The charset of a content type, when it is known and the bytes really are in it. Not for UTF-16: anything could be. */
export function declaredEncoding(bytes: Uint8Array, charset: string | undefined): string | undefined {
  if (charset === undefined) return undefined;
  const name = plainCharset(charset);
  if (NOT_CHARSETS.test(name)) return undefined;
  if (ASCII_OR_UTF_8.test(name)) return isUtf8(bytes) ? "utf-8" : undefined;
  if (!iconv.encodingExists(charset)) return undefined;
  return iconv.decode(Buffer.from(bytes), charset).includes("\ufffd") ? undefined : charset.toLowerCase();
}

/** The `charset` parameter of a content type, as written. */
export function charsetOf(contentType: string | undefined): string | undefined {
  return /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType ?? "")?.[1];
}

/** A charset's letters and digits, which is what iconv-lite knows it by: `utf16le` for `UTF_16-LE`. A year goes (`:1987`). */
export function plainCharset(charset: string): string {
  return charset.toLowerCase().replace(/:\d{4}$|[^0-9a-z]/g, "");
}

/** Guesses a legacy encoding (or UTF-8 with a few damaged bytes); undefined when no guess is better than chance. */
export function legacyEncoding(bytes: Uint8Array): string | undefined {
  const first = bytes.findIndex((byte) => byte > 0x7f);
  const from = Math.max(0, first - 1024);
  const sample = bytes.subarray(from, from + SAMPLE_BYTES);
  if (damage(new TextDecoder().decode(sample)) <= DAMAGE) return "utf-8";
  for (const { name, confidence } of analyse(sample)) {
    if (confidence <= CHANCE || !iconv.encodingExists(name)) continue;
    if (damage(iconv.decode(Buffer.from(sample), name)) <= DAMAGE) return name.toLowerCase();
  }
  const high = sample.reduce((sum, byte) => sum + (byte > 0x7f ? 1 : 0), 0);
  const western = high <= sample.length * FEW && damage(iconv.decode(Buffer.from(sample), "windows-1252")) === 0;
  return western ? "windows-1252" : undefined;
}

/** The share of characters outside ASCII that could not be decoded. */
function damage(text: string): number {
  const outside = text.match(/[^\0-\x7f]/g)?.length ?? 0;
  return outside === 0 ? 0 : (text.match(/\ufffd/g)?.length ?? 0) / outside;
}
