import { isUtf8 } from "node:buffer";
import iconv from "iconv-lite";
import { plainName } from "./charsets.ts";
import { isCommon } from "./strangeness.ts";

/** How much of a document is looked at. */
const SAMPLE_BYTES = 128 * 1024;
/** So many bits of evidence for one-byte text refute a content type, which is often wrong, and a mark, which hardly ever is. */
const REFUTES = { charset: 8, mark: 40 };
/** In UTF-16, up to this share of the characters may be damaged, private or newer than we know. */
const STRANGE_SHARE = 0.05;
/** With this share of ordinary characters, more may be: icons of a private font in a text. */
const ORDINARY_AROUND = 0.75;
/** UTF-16 that happens to be valid UTF-8 is in an alphabet whose high byte is below 0x20: about half of its bytes. */
const HIGH_BYTES = 0.25;
/** Bytes that nobody says are UTF-16 must hold this share of ordinary characters; more if they hold no control characters. */
const ORDINARY_SHARE = { withControls: 0.6, without: 0.9 };

/** With and without a byte order; with the names of the Encoding Standard (encoding.spec.whatwg.org, "Names and labels"). */
const NAMES: readonly (readonly [name: RegExp, order: ByteOrder | "utf-16"])[] = [
  [/^(?:utf16|(?:cs)?unicode)$/, "utf-16"],
  [/^(?:utf16le|unicodefeff|(?:iso10646)?ucs2)$/, "utf-16le"],
  [/^(?:utf16be|unicodefffe)$/, "utf-16be"],
];

/** Which UTF-16 a charset names, in any spelling (`UTF_16LE`, `utf16-le`, `ucs-2`); undefined for other charsets. */
export function utf16Charset(charset: string | undefined): ByteOrder | "utf-16" | undefined {
  const plain = plainName(charset ?? "");
  return NAMES.find(([name]) => name.test(plain))?.[1];
}

/**
 * Whether bytes that a mark or a content type says are UTF-16 can be. That is believed unless they are certainly something
 * else: any pair of bytes is some character, and what is no UTF-16 reads as rare Han characters. The byte order, if they can
 * be; `utf-16` leaves it to be told by the bytes. Else `one-byte` for text in some other encoding, or `neither`.
 */
export function judgeUtf16(
  bytes: Uint8Array,
  encoding: ByteOrder | "utf-16",
  said: "mark" | "charset",
): ByteOrder | "one-byte" | "neither" {
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  const reading = encoding === "utf-16" ? readUtf16BothWays(sample)[0] : readUtf16(sample, encoding);
  if (oneByteEvidence(sample, reading) > REFUTES[said]) return "one-byte";
  const whole = said === "mark" || bytes.length % 2 === 0;
  if (whole && !isStrange(reading)) return reading.order;
  return isUtf8(bytes) && !holdsControls(sample) ? "one-byte" : "neither";
}

/**
 * Recognises UTF-16 that neither a mark nor a content type tells: in the likelier byte order it holds nothing but assigned
 * characters and no control characters, and most of them are such as most text is made of. Undefined for UTF-8 without
 * control characters, which could be UTF-16, too.
 */
export function unmarkedUtf16(bytes: Uint8Array): ByteOrder | undefined {
  if (bytes.length % 2 !== 0) return undefined;
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  // ASCII with a stray control character would do as UTF-16, too: as rare Han characters.
  if (isUtf8(sample) && sample.filter((byte) => byte < 0x20).length < sample.length * HIGH_BYTES) return undefined;
  const [reading, other] = readUtf16BothWays(sample);
  if (reading.strange > 0 || reading.score <= Math.max(0, other.score)) return undefined;
  if (oneByteEvidence(sample, reading) > 0) return undefined;
  const share = holdsControls(sample) ? ORDINARY_SHARE.withControls : ORDINARY_SHARE.without;
  return reading.ordinary >= reading.units * share ? reading.order : undefined;
}

function isStrange({ strange, ordinary, units }: Utf16Reading): boolean {
  return strange > 1 + units * STRANGE_SHARE && ordinary < units * ORDINARY_AROUND;
}

function holdsControls(sample: Uint8Array): boolean {
  return sample.some((byte) => byte < 0x20 && (byte < 8 || byte > 13) && byte !== 0x1a && byte !== 0x1b);
}

export type ByteOrder = "utf-16le" | "utf-16be";

/** What bytes are when they are read as UTF-16; all counts are of code units. */
export interface Utf16Reading {
  order: ByteOrder;
  units: number;
  /** Unassigned, private, unpaired and control characters. */
  strange: number;
  /** Han characters and Hangul syllables that hardly any text has. */
  rare: number;
  /** What most text is made of: everything but the strange, the rare, most symbols, and Yi and Vai. */
  ordinary: number;
  /** The likelier this byte order, the higher: different ordinary characters and ASCII spaces speak for it, many scripts against. */
  score: number;
}

/** Code points that are set aside for pictographs count as such: Unicode fills some each year. */
const STRANGE = /[[\p{Cn}\p{Co}\p{Cs}\ufffd]--\p{Extended_Pictographic}]|(?!\s)\p{Cc}/gv;
/**
 * `P` has the tsheg of Tibetan and the danda of Hindi, `Cf` the zero-width space of Khmer and the joiner of emoji. Japanese and
 * Chinese in their legacy encodings read as Yi and Vai.
 */
const ORDINARY =
  /[[\p{L}\p{M}\p{Nd}\p{P}\p{Sc}\p{Cf}\p{Extended_Pictographic}\p{Emoji_Component}\s!-~！-～]--[\p{sc=Han}가-힣ꀀ-꘿]]/gv;
const HAN_OR_SYLLABLE = /[\p{sc=Han}가-힣]/gv;
const ASCII_SPACE = /[\t\n\r ]/g;

/** Reads bytes as UTF-16; an odd byte at the end is left out. */
function readUtf16(bytes: Uint8Array, order: ByteOrder): Utf16Reading {
  const decoded = iconv.decode(Buffer.from(bytes.subarray(0, bytes.length & ~1)), order, { stripBOM: false });
  // The last character of a sample may be half a surrogate pair.
  const text = /[\ud800-\udbff]$/.test(decoded) ? decoded.slice(0, -1) : decoded;
  const all = text.match(HAN_OR_SYLLABLE) ?? [];
  const common = all.filter(isCommon);
  const ordinary = [...(text.match(ORDINARY) ?? []), ...common];
  const strange = unitsOf(text.match(STRANGE));
  const scripts = new Set(Array.from(text, (character) => character.charCodeAt(0) >> 8)).size;
  const score = unitsOf([...new Set(ordinary)]) + 2 * unitsOf(text.match(ASCII_SPACE)) - scripts - 2 * strange;
  const rare = unitsOf(all) - unitsOf(common);
  return { order, units: text.length, strange, rare, ordinary: unitsOf(ordinary), score };
}

/** Reads bytes as UTF-16 in both byte orders, the likelier first: little-endian if in doubt, as in `charset=utf-16` on the web. */
function readUtf16BothWays(bytes: Uint8Array): readonly [likelier: Utf16Reading, other: Utf16Reading] {
  const little = readUtf16(bytes, "utf-16le");
  const big = readUtf16(bytes, "utf-16be");
  return big.score > little.score ? [big, little] : [little, big];
}

function unitsOf(characters: readonly string[] | null): number {
  return characters?.reduce((sum, { length }) => sum + length, 0) ?? 0;
}

/** Weights in bits, about: how much likelier a find is in the one kind of text than in the other. */
const PROSE_OR_NUMBER = 4;
const RARE = 4;
const ORDINARY_WEIGHT = -2;
const NOT_ASCII = -4;
const UTF_8_CHARACTER = 6;

const [TAB, LINE_FEED, FORM_FEED, RETURN, ESCAPE] = [9, 10, 12, 13, 27];

/**
 * How strongly bytes that are said to be UTF-16 look like text of one byte a character (ASCII, western European, UTF-8)
 * instead: bits of evidence, negative for UTF-16. Neither kind can be ruled out by single bytes: 0x20 and 0x0D are halves of
 * common Han characters, and any two ASCII letters are some rare one. But among characters of UTF-16 hardly one in thirty
 * has small letters or spaces as both of its halves, and no text is mostly rare characters.
 */
function oneByteEvidence(bytes: Uint8Array, reading: Utf16Reading): number {
  const utf8 = readUtf8(bytes);
  let evidence = RARE * reading.rare + ORDINARY_WEIGHT * reading.ordinary;
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
