import iconv from "iconv-lite";
import { isEveryday } from "./everyday-characters.ts";

export type ByteOrder = "utf-16le" | "utf-16be";

/** What bytes are when they are read as UTF-16; all counts are of code units. */
export interface Utf16Reading {
  order: ByteOrder;
  units: number;
  /** Unassigned, private, unpaired and control characters. */
  strange: number;
  /** Han characters and Hangul syllables that hardly any text has. */
  rare: number;
  /** What everyday text is made of: everything but the strange, the rare, most symbols, and Yi and Vai. */
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
export function readUtf16(bytes: Uint8Array, order: ByteOrder): Utf16Reading {
  const decoded = iconv.decode(Buffer.from(bytes.subarray(0, bytes.length & ~1)), order, { stripBOM: false });
  // The last character of a sample may be half a surrogate pair.
  const text = /[\ud800-\udbff]$/.test(decoded) ? decoded.slice(0, -1) : decoded;
  const all = text.match(HAN_OR_SYLLABLE) ?? [];
  const everyday = all.filter(isEveryday);
  const ordinary = [...(text.match(ORDINARY) ?? []), ...everyday];
  const strange = unitsOf(text.match(STRANGE));
  const scripts = new Set(Array.from(text, (character) => character.charCodeAt(0) >> 8)).size;
  const score = unitsOf([...new Set(ordinary)]) + 2 * unitsOf(text.match(ASCII_SPACE)) - scripts - 2 * strange;
  const rare = unitsOf(all) - unitsOf(everyday);
  return { order, units: text.length, strange, rare, ordinary: unitsOf(ordinary), score };
}

/** Reads bytes as UTF-16 in both byte orders, the likelier first: little-endian if in doubt, as in `charset=utf-16` on the web. */
export function readUtf16BothWays(bytes: Uint8Array): readonly [likelier: Utf16Reading, other: Utf16Reading] {
  const little = readUtf16(bytes, "utf-16le");
  const big = readUtf16(bytes, "utf-16be");
  return big.score > little.score ? [big, little] : [little, big];
}

function unitsOf(characters: readonly string[] | null): number {
  return characters?.reduce((sum, { length }) => sum + length, 0) ?? 0;
}
