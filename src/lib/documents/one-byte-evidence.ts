import type { Utf16Reading } from "./utf16-reading.ts";

/** Weights in bits, about: how much likelier a find is in the one kind of text than in the other. */
const PROSE_OR_NUMBER = 4;
const RARE = 4;
const ORDINARY = -2;
const NOT_ASCII = -4;
const UTF_8_CHARACTER = 6;

const [TAB, LINE_FEED, FORM_FEED, RETURN, ESCAPE] = [9, 10, 12, 13, 27];

/**
 * How strongly bytes that are said to be UTF-16 look like text of one byte a character (ASCII, western European, UTF-8)
 * instead: bits of evidence, negative for UTF-16. Neither kind can be ruled out by single bytes: 0x20 and 0x0D are halves of
 * common Han characters, and any two ASCII letters are some rare one. But among characters of UTF-16 hardly one in thirty
 * has small letters or spaces as both of its halves, and no text is mostly rare characters.
 */
export function oneByteEvidence(bytes: Uint8Array, reading: Utf16Reading): number {
  const utf8 = readUtf8(bytes);
  let evidence = RARE * reading.rare + ORDINARY * reading.ordinary;
  for (let index = 0; index + 1 < bytes.length; index += 2) {
    const a = bytes[index] ?? 0;
    const b = bytes[index + 1] ?? 0;
    if (isControl(a) || isControl(b)) return Number.NEGATIVE_INFINITY;
    if (a > 0x7f || b > 0x7f) evidence += utf8 === undefined ? NOT_ASCII : 0;
    else if ((isProse(a) && isProse(b)) || isNumber(a, b)) evidence += PROSE_OR_NUMBER;
  }
  // Syllables of Hangul may be UTF-8 by chance, and be repeated: different ones are not by chance.
  return evidence + UTF_8_CHARACTER * new Set(utf8?.match(/[^\0-\x7f]/gu)).size;
}

/** Undefined if the bytes are no UTF-8; the last character may be cut. */
function readUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
}

function isControl(byte: number): boolean {
  if (byte >= 0x20) return byte === 0x7f;
  return byte !== TAB && byte !== LINE_FEED && byte !== FORM_FEED && byte !== RETURN && byte !== ESCAPE;
}

/** A small letter or a space. */
function isProse(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x61 && byte <= 0x7a);
}

/** Two bytes of a number, a date or a list; not those that are letters of Korean (U+3131) or Tamazight (U+2D30), too. */
function isNumber(a: number, b: number): boolean {
  const pair = String.fromCharCode(a, b);
  return /^[\d ,./:;-]{2}$/.test(pair) && !/^[1-]\d$|^\d[1-]$/.test(pair);
}
