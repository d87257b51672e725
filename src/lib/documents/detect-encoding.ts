import { isUtf8 } from "node:buffer";
import { analyse } from "chardet";
import iconv from "iconv-lite";

/** How much of a document is looked at by guesses. */
const SAMPLE_BYTES = 128 * 1024;
/** Guesses of chardet up to this (of 100) are no better than chance. */
const CHANCE = 10;
/** A guessed encoding may leave this share of the characters outside ASCII undecodable: real files have a damaged byte. */
const DAMAGE = 0.01;
/** UTF-16 that happens to be valid UTF-8 is in an alphabet whose high byte is below 0x20: about half of its bytes. */
const HIGH_BYTES = 0.25;
/** Text of any script has at least one line break, space, digit or punctuation mark among so many characters. */
const SPARSE = 200;
/** One-byte text has at least one space or line break among so many bytes; UTF-16 without a NUL among them has far fewer. */
const WORDY = 20;
/** In UTF-16 that is said to be UTF-16, up to this share of the characters may be damaged, private or newer than we know. */
const STRANGE = 0.05;
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
const NOT_CHARSETS = /^(base64|hex|binary|internal|utf-?7.*)$/i;
const UTF_16_NAMES = /^(?:ucs-?2|utf-?16(?:le|be)?)$/i;
const ASCII_NAMES = /^(us-?)?ascii$/i;

/** The encoding that a byte order mark names; it beats everything else (encoding.spec.whatwg.org, "BOM sniff"). */
export function markedEncoding(bytes: Uint8Array): string | undefined {
  return BYTE_ORDER_MARKS.find(([mark]) => mark.every((byte, index) => bytes[index] === byte))?.[1];
}

/** The `charset` of a content type, when it is known and the bytes really are in it. */
export function declaredEncoding(bytes: Uint8Array, contentType: string | undefined): string | undefined {
  const charset = charsetOf(contentType);
  if (charset === undefined || NOT_CHARSETS.test(charset)) return undefined;
  if (ASCII_NAMES.test(charset) || /^utf-?8$/i.test(charset)) return isUtf8(bytes) ? "utf-8" : undefined;
  if (!iconv.encodingExists(charset)) return undefined;
  if (UTF_16_NAMES.test(charset) && (bytes.length % 2 !== 0 || !isPlausibleUtf16(bytes, charset))) return undefined;
  return iconv.decode(Buffer.from(bytes), charset).includes("\ufffd") ? undefined : charset.toLowerCase();
}

/**
 * Whether bytes said to be UTF-16, by a mark or a content type, can be: any pair of bytes is some character, and what is
 * no UTF-16 reads as rare Han characters. Always true for other encodings.
 */
export function isPlausibleUtf16(bytes: Uint8Array, encoding: string): boolean {
  if (!UTF_16_NAMES.test(encoding)) return true;
  const sample = Buffer.from(bytes.subarray(0, SAMPLE_BYTES));
  if (isOneByteText(sample)) return false;
  const text = iconv.decode(sample, encoding);
  const strange = text.match(/[\p{Cn}\p{Co}\p{Cs}\ufffd]|(?!\s)\p{Cc}/gu)?.length ?? 0;
  if (strange > 1 + text.length * STRANGE) return false;
  return text.length < SPARSE || countPlain(text) * SPARSE >= text.length;
}

/** Spaces or line breaks as text has them, and no control characters: of those, UTF-16 has the high bytes of Latin letters. */
function isOneByteText(sample: Uint8Array): boolean {
  let breaks = 0;
  for (const byte of sample) {
    if (byte === 0x20 || (byte >= 9 && byte <= 13)) breaks++;
    else if (byte < 0x20 && byte !== 0x1b) return false;
  }
  return breaks > 0 && breaks * WORDY >= sample.length;
}

/** The `charset` parameter of a content type, as written. */
export function charsetOf(contentType: string | undefined): string | undefined {
  return /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType ?? "")?.[1];
}

/**
 * Recognises UTF-16 without a byte order mark: read in the right byte order it holds nothing but assigned characters and
 * no control characters. When both orders would do, the one with more ASCII and CJK punctuation wins. Ask only for bytes that hold control
 * characters (the high bytes of Latin letters are NUL): others are never UTF-16 in practice.
 */
export function unmarkedUtf16(bytes: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  if (bytes.length % 2 !== 0) return undefined;
  const sample = Buffer.from(bytes.subarray(0, SAMPLE_BYTES));
  // ASCII with a stray control character would do as UTF-16, too: as rare Han characters.
  if (isUtf8(sample) && sample.filter((byte) => byte < 0x20).length < sample.length * HIGH_BYTES) return undefined;
  const little = plainCharacters(iconv.decode(sample, "utf-16le"));
  const big = plainCharacters(iconv.decode(sample, "utf-16be"));
  if (Math.max(little ?? 0, big ?? 0) * SPARSE < sample.length / 2) return undefined;
  return (little ?? -1) >= (big ?? -1) ? "utf-16le" : "utf-16be";
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

/** How many ASCII and CJK punctuation characters a decoded sample holds; undefined when it is no plausible text. */
function plainCharacters(text: string): number | undefined {
  // The last character of a sample may be half a surrogate pair.
  const whole = /[\ud800-\udbff]$/.test(text) ? text.slice(0, -1) : text;
  if (/[\p{Cn}\p{Co}\p{Cs}\ufffd]|(?!\s)\p{Cc}/u.test(whole)) return undefined;
  return countPlain(whole);
}

function countPlain(text: string): number {
  return text.match(/[\t-\r -~\u3000-\u303f\uff00-\uffef]/g)?.length ?? 0;
}

/** The share of characters outside ASCII that could not be decoded. */
function damage(text: string): number {
  const outside = text.match(/[^\0-\x7f]/g)?.length ?? 0;
  return outside === 0 ? 0 : (text.match(/\ufffd/g)?.length ?? 0) / outside;
}
