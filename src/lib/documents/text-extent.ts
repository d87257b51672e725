import { isCombiningMark } from "./combining-mark.ts";
import { codePointAt } from "./text-elements.ts";

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
