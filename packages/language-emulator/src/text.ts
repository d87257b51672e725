import { createHash } from "node:crypto";

const MARK = /^\p{M}$/u;
/** No combining mark comes before this character: most text needs no closer look. */
const FIRST_MARK = 0x300;

/**
 * Splits a text into the units in which the service counts characters and, unless told otherwise, offsets
 * (`TextElements_v8`): a code point together with the combining marks (Mn, Mc, Me) that follow it. This is not modern
 * grapheme clustering: joiners and skin tones start new elements, as recorded answers of the service show for emoji
 * families; a lone surrogate counts as one.
 */
export function* textElements(text: string): Generator<string> {
  for (let at = 0, end = 0; at < text.length; at = end) {
    end = endOfElement(text, at);
    yield text.slice(at, end);
  }
}

/** Where the text element ends that begins at a place. */
function endOfElement(text: string, start: number): number {
  let end = endOfCodePoint(text, start);
  while (text.charCodeAt(end) >= FIRST_MARK && MARK.test(String.fromCodePoint(text.codePointAt(end) ?? 0)))
    end = endOfCodePoint(text, end);
  return end;
}

function endOfCodePoint(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? at + 2 : at + 1;
}

/** The length of a text as limits and `charactersCount` state it, whatever `stringIndexType` a task asks for. */
export function countTextElements(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at = endOfElement(text, at)) count++;
  return count;
}

/** The ways to count offsets, spelled as on the wire (swagger `StringIndexType`). */
export const STRING_INDEX_TYPES = ["TextElements_v8", "UnicodeCodePoint", "Utf16CodeUnit"] as const;

export type StringIndexType = (typeof STRING_INDEX_TYPES)[number];

/** What the service counts in when a task names no `stringIndexType`. */
export const DEFAULT_STRING_INDEX_TYPE: StringIndexType = "TextElements_v8";

/** Turns a UTF-16 position of one text into a position in another unit. */
export type PositionMap = (utf16: number) => number;

/**
 * The map from UTF-16 positions to `type` for `text`. A position inside a unit maps to the unit's start.
 * @throws RangeError for a position outside the text
 */
export function positionMap(text: string, type: StringIndexType): PositionMap {
  if (type === "Utf16CodeUnit") return (position) => position;
  const positions = new Uint32Array(text.length + 1);
  const endOf = type === "UnicodeCodePoint" ? endOfCodePoint : endOfElement;
  let count = 0;
  for (let at = 0; at < text.length; count++) {
    for (const end = endOf(text, at); at < end; at++) positions[at] = count;
  }
  positions[text.length] = count;
  return (position) => {
    const mapped = positions[position];
    if (mapped === undefined) throw new RangeError(`Position ${position} is outside a text of ${text.length} units.`);
    return mapped;
  };
}

/** A copy of an answer in which every object with `offset` and `length` counts in the map's unit. */
export function convertSpans(value: unknown, map: PositionMap): unknown {
  if (Array.isArray(value)) return value.map((item) => convertSpans(item, map));
  if (typeof value !== "object" || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) copy[key] = convertSpans(item, map);
  if (typeof copy.offset === "number" && typeof copy.length === "number") {
    const start = map(copy.offset);
    copy.length = map(copy.offset + copy.length) - start;
    copy.offset = start;
  }
  return copy;
}

/** A stretch of a text; offset and length in UTF-16 code units. */
export interface Span {
  text: string;
  offset: number;
  length: number;
}

/** The span of `text` from `start` to `end`. */
export function spanOf(text: string, start: number, end: number): Span {
  return { text: text.slice(start, end), offset: start, length: end - start };
}

function matches(text: string, pattern: RegExp): Span[] {
  return [...text.matchAll(pattern)].map((match) => spanOf(text, match.index, match.index + match[0].length));
}

/** Letters with their marks, and numbers; inner hyphens and apostrophes belong to the word. */
export function words(text: string): Span[] {
  return matches(text, /[\p{L}\p{N}][\p{L}\p{M}\p{N}]*(?:[-'’][\p{L}\p{N}][\p{L}\p{M}\p{N}]*)*/gu);
}

/** Sentences without the white space around them: they end at `.`, `!`, `?`, `…` before a space, or at an empty line. */
export function sentences(text: string): Span[] {
  const found: Span[] = [];
  let start = 0;
  const cut = (end: number): void => {
    const part = text.slice(start, end);
    const from = start + (part.length - part.trimStart().length);
    const to = start + part.trimEnd().length;
    if (to > from) found.push(spanOf(text, from, to));
    start = end;
  };
  const ends = /(?<![.!?…])[.!?…]+["”’)\]]*(?=\s|$)|\n[^\S\n]*(?=\n)/gu;
  for (const match of text.matchAll(ends)) cut(match.index + match[0].length);
  cut(text.length);
  return found;
}

/** Removes spans that overlap one already kept: earlier start wins, then the longer, then the earlier in the list. */
export function withoutOverlaps<T extends Span>(spans: readonly T[]): T[] {
  const sorted = spans.toSorted((a, b) => a.offset - b.offset || b.length - a.length);
  let end = 0;
  return sorted.filter((span) => {
    if (span.offset < end) return false;
    end = span.offset + span.length;
    return true;
  });
}

/** To make one takes a good part of a millisecond: each is made when it is first looked for, and kept. */
const termPatterns = new Map<string, RegExp>();

/** A pattern that finds a term as a whole word or words, whatever the white space between them. */
export function termPattern(term: string, flags: "giu" | "gu" = "giu"): RegExp {
  const key = `${flags} ${term}`;
  const made = termPatterns.get(key);
  if (made !== undefined) return made;
  const body = term.split(/\s+/).map(escapePattern).join("\\s+");
  const pattern = new RegExp(`(?<![\\p{L}\\p{M}\\p{N}])${body}(?![\\p{L}\\p{M}\\p{N}])`, flags);
  termPatterns.set(key, pattern);
  return pattern;
}

/** A string as a pattern that matches just it (also under the `u` flag, which refuses needless escapes). */
export function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&").replaceAll("-", "\\x2d");
}

/** Words that carry no topic, in the languages of the samples: they end key phrases and weigh nothing in summaries. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  [
    "a about after again all also an and any are as at be because been before but by can could did do does each every",
    "for from had has have he her his how i if in into is it its just may me more most my no nor not now of on once only",
    "or other our out over own please she should so some such than that the their them then there these they this those",
    "to too under until up us very was we were what when where which while who why will with would you your",
    "aber alle als am an auch auf aus bei bis bitte da das dass dem den der des die dies diese dieser doch durch ein eine",
    "einem einen einer eines er es für hat haben ich ihr ihre im in ist kann kein keine können mehr mit nach nicht noch",
    "nur oder seit sich sie sind so über um und uns unser unsere vom von vor war waren was wenn wer werden wie wieder wir",
    "wird wurde zu zum zur al como con de del desde donde e el ella en entre era es esa ese esta este ha han hasta hay la",
    "las le les lo los más me mi muy ni no nos o para pero por que qué se ser si sí sin sobre su sus también te tiene un",
    "una uno y ya",
  ].flatMap((line) => line.split(" ")),
);

/** Hexadecimal SHA-256 of a text in UTF-8: how the statistics name a document without keeping its text. */
export function textHash(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** A uuid that depends on nothing but its seed. */
export function stableUuid(seed: string): string {
  const hex = textHash(seed);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A number from 0 (inclusive) to 1 (exclusive) that depends on nothing but its seed. */
export function stableFraction(seed: string): number {
  return Number.parseInt(textHash(seed).slice(0, 12), 16) / 2 ** 48;
}
