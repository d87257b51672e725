import { textElements } from "./text-elements.ts";

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
  let at = 0;
  let count = 0;
  for (const unit of type === "UnicodeCodePoint" ? text : textElements(text)) {
    positions.fill(count, at, at + unit.length);
    at += unit.length;
    count++;
  }
  positions[at] = count;
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
