/** The units in which the service can count offsets, by its own names. */
export const STRING_INDEX_TYPES = ["TextElements_v8", "UnicodeCodePoint", "Utf16CodeUnit"] as const;

export type StringIndexType = (typeof STRING_INDEX_TYPES)[number];

/** Turns offsets of one text, counted in some unit, into UTF-16 code units: indexes of a JavaScript string. */
export interface Utf16Converter {
  readonly unit: StringIndexType;
  /** An offset beyond the text gives its end, a negative one its start. */
  offset(n: number): number;
}

const NOT_ASCII = /[^\0-\x7f]/;

/**
 * Counts text elements as the Language service does for its size limits and for `TextElements_v8`: a code point together
 * with the combining marks that follow it. This is the `StringInfo` of .NET before version 5, not UAX #29: a family
 * emoji joined by ZWJ, CR LF, a flag and a syllable of conjoining jamo all count more than once (recorded answers of
 * the service: azure-sdk-for-js, ai-language-text, recordings `string_encoding_textelementsv8`).
 */
export function countTextElements(text: string): number {
  if (!NOT_ASCII.test(text)) return text.length;
  let count = 0;
  for (let index = 0; index < text.length; ) {
    const codePoint = codePointAt(text, index);
    if (index === 0 || !isCombiningMark(codePoint)) count++;
    index += codePoint > 0xffff ? 2 : 1;
  }
  return count;
}

/** A converter for one text: built in one pass over it, each look-up in constant time. */
export function toUtf16(text: string, unit: StringIndexType): Utf16Converter {
  if (unit === "Utf16CodeUnit" || !NOT_ASCII.test(text)) return { unit, offset: (n) => clamp(n, text.length) };
  const starts = new Uint32Array(text.length + 1);
  let count = 0;
  for (let index = 0; index < text.length; ) {
    const codePoint = codePointAt(text, index);
    if (unit === "UnicodeCodePoint" || index === 0 || !isCombiningMark(codePoint)) starts[count++] = index;
    index += codePoint > 0xffff ? 2 : 1;
  }
  starts[count] = text.length;
  return { unit, offset: (n) => starts[clamp(n, count)] ?? text.length };
}

/** The code point at an index; an unpaired surrogate stands for itself. */
export function codePointAt(text: string, index: number): number {
  return text.codePointAt(index) ?? 0;
}

function clamp(n: number, most: number): number {
  return Math.min(Math.max(Math.trunc(n), 0), most);
}

/** What a stretch of text comes to. */
export interface Extent {
  /** Where it ends: before the first character that would be over a limit, or where asked. */
  end: number;
  textElements: number;
  /** Bytes as a JSON string in UTF-8, quotes included. */
  bodyBytes: number;
}

/** Measures a stretch of a text, as much of it as stays within the limits. */
export function measureText(
  text: string,
  stretch: { from: number; to: number },
  limits: { textElements: number; bodyBytes: number } = { textElements: Infinity, bodyBytes: Infinity },
): Extent {
  let textElements = 0;
  let bodyBytes = 2;
  let index = stretch.from;
  while (index < stretch.to) {
    const codePoint = codePointAt(text, index);
    const elements = index === stretch.from || !isCombiningMark(codePoint) ? 1 : 0;
    const bytes = jsonBytes(codePoint);
    if (textElements + elements > limits.textElements || bodyBytes + bytes > limits.bodyBytes) break;
    textElements += elements;
    bodyBytes += bytes;
    index += codePoint > 0xffff ? 2 : 1;
  }
  return { end: index, textElements, bodyBytes };
}

/** Where the longest tail of a stretch that stays within the limits begins. */
export function startOfTail(
  text: string,
  stretch: { from: number; to: number },
  limits: { textElements: number; bodyBytes: number },
): number {
  let textElements = 0;
  let bodyBytes = 2;
  let start = stretch.to;
  while (start > stretch.from) {
    const unit = text.charCodeAt(start - 1);
    const index = unit >= 0xdc00 && unit <= 0xdfff ? start - 2 : start - 1;
    const codePoint = codePointAt(text, index);
    textElements += isCombiningMark(codePoint) ? 0 : 1;
    bodyBytes += jsonBytes(codePoint);
    if (index < stretch.from || textElements > limits.textElements || bodyBytes > limits.bodyBytes) break;
    start = index;
  }
  return start;
}

/** Bytes that `JSON.stringify` and UTF-8 make of a code point. */
function jsonBytes(codePoint: number): number {
  if (codePoint < 0x20) return codePoint >= 8 && codePoint <= 13 && codePoint !== 11 ? 2 : 6;
  if (codePoint === 0x22 || codePoint === 0x5c) return 2;
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  if (codePoint > 0xffff) return 4;
  return codePoint >= 0xd800 && codePoint <= 0xdfff ? 6 : 3;
}

/** Highest code point tested below: no combining mark lies between here and the variation selectors of plane 14. */
const TABLE_END = 0x20000;
const PLANE_14 = { start: 0xe0100, end: 0xe01ef };
const FIRST_MARK = 0x300;

let table: Uint8Array | undefined;

/** True for a combining mark: Unicode general category Mn, Mc or Me. Fast enough to be asked for every character. */
export function isCombiningMark(codePoint: number): boolean {
  if (codePoint < FIRST_MARK) return false;
  if (codePoint >= TABLE_END) return codePoint >= PLANE_14.start && codePoint <= PLANE_14.end;
  table ??= buildTable();
  return table[codePoint] === 1;
}

function buildTable(): Uint8Array {
  const marks = new Uint8Array(TABLE_END);
  for (let codePoint = FIRST_MARK; codePoint < TABLE_END; codePoint++) {
    if (/^\p{M}/u.test(String.fromCodePoint(codePoint))) marks[codePoint] = 1;
  }
  return marks;
}
