import type { AnswerPart } from "../answer-part.ts";
import { endOf, type Span } from "./parts.ts";
import { type Mask, readMasks } from "./read-masks.ts";

/** A mask and its place in the redacted text, in UTF-16 code units, as the service's own fields of an entity. */
export interface MaskPlace {
  mask: string;
  maskOffset: number;
  maskLength: number;
}

export interface RedactedText {
  text: string;
  /** The service's own mask of exactly this span; undefined where its place is not certain. */
  maskOf(span: Span): MaskPlace | undefined;
}

/**
 * The redacted text of a whole document from those of its chunks: the document's text with every stretch masked that was
 * masked in any chunk, so that nothing found on one side of a cut shows through from the other. The masks are the
 * service's own; where they cannot be told, or masks of two chunks lie half over one another, `character`.
 * @returns undefined when the service redacted nothing for any of the chunks
 */
export function mergeRedactedText(parts: readonly AnswerPart[], character: string): RedactedText | undefined {
  if (!parts.every(({ content }) => typeof content.redactedText === "string")) return undefined;
  const source = documentText(parts);
  const places = new Map<string, MaskPlace>();
  let text = "";
  let at = 0;
  for (const { start, end, mask, certain } of joinMasks(parts, character)) {
    text += source.slice(at, start);
    if (certain) places.set(`${start} ${end}`, { mask, maskOffset: text.length, maskLength: mask.length });
    text += mask;
    at = end;
  }
  text += source.slice(at);
  return { text, maskOf: (span) => places.get(`${span.offset} ${endOf(span)}`) };
}

/** The masks of all chunks in the order of the text, none over another. */
function joinMasks(parts: readonly AnswerPart[], character: string): Mask[] {
  const masks = parts
    .flatMap((part) => readMasks(part, character))
    .toSorted((a, b) => a.start - b.start || b.end - a.end || Number(b.certain) - Number(a.certain));
  const joined: Mask[] = [];
  for (const mask of masks) {
    const last = joined.at(-1);
    if (last === undefined || mask.start >= last.end) joined.push({ ...mask });
    else if (mask.end > last.end) {
      last.end = mask.end;
      last.mask = character.repeat(last.end - last.start);
      last.certain = false;
    }
  }
  return joined;
}

/** The document's text; where no chunk was sent there was white space only. */
function documentText(parts: readonly AnswerPart[]): string {
  let text = "";
  for (const part of parts) {
    text = text.padEnd(part.offset) + part.text.slice(Math.max(0, text.length - part.offset));
  }
  return text;
}
