import { chardet } from "jschardet";
import { damageOf, decodeAs, knownCharset } from "./charsets.ts";
import type { ReadingCandidate } from "./document.ts";
import { strangeness } from "./strangeness.ts";

export type Guess =
  | { encoding: string; candidates?: undefined }
  /** It cannot be told which; the likeliest first. */
  | { encoding?: undefined; candidates: readonly ReadingCandidate[] };

/** Bytes of the sample: what the detector's statistics look at. */
const SAMPLE_BYTES = 16 * 1024;
/** How much ASCII is kept on either side of other bytes: it tells the language, more of it drowns what is to be told. */
const AROUND = 100;
/** A likely encoding may leave this share of the characters outside ASCII undecodable: real files have a damaged byte. */
const DAMAGE = 0.01;
/** How heavily strange characters count against an encoding; steep, since a right one has hardly any. */
const STRANGE_POWER = 6;
/** No real text has a larger share of strange characters; one is nothing. */
const MOST_STRANGE = 0.05;
/** Of two readings that differ in a share of their characters, the better one must be better by this much of that share. */
const MARGIN = 0.6;
/** Encodings that others have replaced: rivals as all, but a reading has to be better by this to be believed. */
const OBSOLETE = { encodings: ["iso-8859-3", "iso-8859-4"], weight: 0.8 };
/** A word or two read well in many encodings. */
const LEAST_BYTES = 16;
/** Scores (cosines of the detector's models) under this are chance, the more so the more there is to go by. */
const CHANCE = { always: 0.02, eastAsian: 0.03, growth: 0.1, characters: 40 };
/** Encodings that hardly any file is in; each is a rival that would make others doubtful. Mainframes' come out as binary. */
const NOT_WEIGHED = [
  ...["iso8859-10", "iso8859-14", "iso8859-16", "hp-roman8", "koi8-t", "cp720", "cp1006", "cp856", "cp864", "ptcp154"],
  ...["mac-iceland", "mac-turkish"],
];
/** What is told apart by other means before anything is guessed. */
const TOLD_ALREADY = [
  "ascii",
  "utf-8",
  "utf-8-sig",
  "utf-7",
  "hz",
  "iso2022_jp_2",
  "iso2022_jp_2004",
  "iso2022_jp_ext",
  "iso2022_kr",
  "utf-16",
  "utf-16-le",
  "utf-16-be",
  "utf-32",
  "utf-32-le",
  "utf-32-be",
];
/** The detector's names, where ours or the decoders' differ. */
const OUR_NAMES: Readonly<Record<string, string>> = {
  big5hkscs: "big5",
  cp932: "shift_jis",
  shift_jis_2004: "shift_jis",
  cp949: "euc-kr",
  euc_kr: "euc-kr",
  euc_jis_2004: "euc-jp",
  cp874: "windows-874",
  cp866: "ibm866",
  kz1048: "rk1048",
  "mac-cyrillic": "x-mac-cyrillic",
  "mac-greek": "macgreek",
  "mac-latin2": "maccenteuro",
  "mac-roman": "macintosh",
};
/** Of those that read a text alike, the one that it is called by. */
const PREFERRED = /^(?:windows|cp850$)/;
const WESTERN = /^(?:windows-1252|iso-8859-15?)$/;
const DOS_OR_MACINTOSH = /^(?:cp\d|ibm\d|mac|x-mac)/;
/** English has a smaller share of characters outside ASCII. */
const SPRINKLED = 0.08;
const EAST_ASIAN = /^(?:big5|gb|euc|shift)/;

interface Reading {
  encoding: string;
  /** ISO 639-1, as the detector takes it. */
  language: string | null;
  /** The sample, read so; undefined when no decoder knows the encoding. */
  text: string | undefined;
  /** How much of it is strange, 0 to 1. */
  strange: number;
  /** The detector's, less what is strange. */
  score: number;
}

/**
 * Guesses in which legacy encoding a text is, by the statistics of a detector (jschardet, the port of chardet 7) and by
 * what the text then reads like. A guess that is no better than chance, or hardly better than another one that reads
 * otherwise, is none. The cost does not grow with the document, but for one pass over its bytes.
 */
export function guessEncoding(bytes: Uint8Array): Guess {
  const sample = sampleOf(bytes);
  const readings = withoutUnlikely(readingsOf(sample));
  const [best] = readings;
  if (best?.text !== undefined && isSure(best, best.text, { length: sample.length, rivals: readings.slice(1) })) {
    if (damageOf(decodeAs(bytes, best.encoding)).share <= DAMAGE) return { encoding: best.encoding };
  }
  return {
    candidates: readings
      .flatMap(({ encoding, text }) => (text === undefined ? [] : [{ encoding, line: lineOf(text) }]))
      .slice(0, 3),
  };
}

/**
 * English has so few characters outside ASCII that statistics cannot tell whose they are. Nearly all such files are from
 * Windows: where they read well so, nothing of DOS and the old Macintosh is weighed against it.
 */
function withoutUnlikely(readings: readonly Reading[]): readonly Reading[] {
  const windows = readings.find(({ encoding }) => WESTERN.test(encoding));
  const english = windows?.language === "en" && windows.strange === 0 && isSprinkled(windows.text ?? "");
  return english ? readings.filter(({ encoding }) => !DOS_OR_MACINTOSH.test(encoding)) : readings;
}

/** Few characters outside ASCII, and no words of them. */
function isSprinkled(text: string): boolean {
  const outside = text.match(/[^\0-\x7f]/g)?.length ?? 0;
  return outside <= text.length * SPRINKLED && !/[^\0-\x7f]{3}/.test(text);
}

function isSure(
  best: Reading,
  text: string,
  { length, rivals }: { length: number; rivals: readonly Reading[] },
): boolean {
  const characters = text.match(/[^\0-\x7f]/gu)?.length ?? 0;
  const growth = CHANCE.growth * Math.min(1, characters / CHANCE.characters);
  const chance = EAST_ASIAN.test(best.encoding) ? CHANCE.eastAsian : CHANCE.always + growth;
  if (length < LEAST_BYTES || best.score < chance || best.strange * characters > 1 + MOST_STRANGE * characters)
    return false;
  return rivals.every((rival) => {
    return rival.text === undefined || 1 - rival.score / best.score > MARGIN * difference(text, rival.text);
  });
}

/** The share of characters in which two readings of the same bytes differ. */
function difference(a: string, b: string): number {
  if (a.length !== b.length) return Math.abs(a.length - b.length) / Math.max(a.length, b.length) + 0.05;
  let differ = 0;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) differ++;
  return differ / a.length;
}

/** The likely readings that are not the same text, the likeliest first. */
function readingsOf(sample: Uint8Array): Reading[] {
  const { ALL, MAINFRAME } = chardet.EncodingEra;
  const found = chardet.detectAll(sample, {
    ignoreThreshold: true,
    compatNames: false,
    encodingEra: ALL & ~MAINFRAME,
    excludeEncodings: [...NOT_WEIGHED, ...TOLD_ALREADY],
  });
  const least = (found[0]?.confidence ?? 0) * 0.2;
  const readings = new Map<string, Reading>();
  for (const { encoding: name, confidence, language } of found) {
    if (name === null || confidence < least) continue;
    const encoding = ourName(name);
    const known = knownCharset(encoding) !== undefined;
    const text = known ? decodeAs(sample, encoding) : undefined;
    const key = text ?? encoding;
    const alike = readings.get(key);
    if (alike !== undefined) {
      if (PREFERRED.test(encoding) && !PREFERRED.test(alike.encoding)) readings.set(key, { ...alike, encoding });
      continue;
    }
    const strange = text === undefined ? 0 : strangeness(text, encoding);
    readings.set(key, { encoding, language, text, strange, score: confidence * (1 - strange) ** STRANGE_POWER });
  }
  const rank = ({ encoding, score }: Reading) =>
    OBSOLETE.encodings.includes(encoding) ? score * OBSOLETE.weight : score;
  return [...readings.values()].sort((a, b) => rank(b) - rank(a));
}

function ourName(name: string): string {
  return OUR_NAMES[name] ?? name.replace(/^cp(?=125\d$)/, "windows-").replace(/^iso8859/, "iso-8859");
}

/** The stretches of a document that hold bytes outside ASCII, with some ASCII around. */
function sampleOf(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  let end = 0;
  for (let index = 0; index < bytes.length && length < SAMPLE_BYTES; index++) {
    if ((bytes[index] ?? 0) < 0x80) continue;
    const start = Math.max(end, index - AROUND);
    let last = index;
    for (end = index + 1; end < bytes.length && end - last <= AROUND && end - start < SAMPLE_BYTES; end++) {
      if ((bytes[end] ?? 0) >= 0x80) last = end;
    }
    parts.push(bytes.subarray(start, end));
    length += end - start;
    index = end - 1;
  }
  // The detector would obey a declaration in it; those that count have been obeyed by now.
  const text = Buffer.concat(parts).subarray(0, SAMPLE_BYTES).toString("latin1");
  return Buffer.from(text.replace(/(?<=charset|encoding|coding)[=:]/gi, " "), "latin1");
}

/** A short line that shows what is in doubt. */
function lineOf(text: string): string {
  const line = text.split(/[\r\n]+/).find((candidate) => /[^\0-\x7f]/.test(candidate)) ?? "";
  const first = Math.max(0, line.search(/[^\0-\x7f]/) - 20);
  return line
    .slice(first, first + 60)
    .replace(/\p{Cc}/gu, " ")
    .toWellFormed()
    .trim();
}
