import { isCombiningMark } from "./combining-mark.ts";

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
