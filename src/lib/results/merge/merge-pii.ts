import { mergeEntities } from "./merge-entities.ts";
import { type AnswerPart, endOf, type Fields, isSpan, listOf, type Merge, type Span } from "./parts.ts";
import { hiddenRuns, type Mask, readMasks } from "./read-masks.ts";

/** Entities as of any task that finds them, and the whole text with all that any chunk found redacted. */
export const mergePii: Merge = (parts, { parameters }) => {
  const policies = [parameters, parameters.redactionPolicy, ...listOf(parameters, "redactionPolicies")];
  const character = policies.map(redactionCharacter).find((found) => found !== undefined);
  const redacted = mergeRedactedText(parts, character ?? "*");
  const entities = mergeEntities(parts).entities.map((entity) => withMaskOf(redacted, entity));
  return redacted === undefined ? { entities } : { redactedText: redacted.text, entities };
};

/**
 * What the chunk's answer says of the mask holds in the chunk's redacted text only. Here it is what stands for the entity
 * in the whole redacted text, or nothing where that is not certain.
 */
function withMaskOf(redacted: RedactedText | undefined, entity: Fields): Fields {
  const { mask, maskOffset, maskLength, ...rest } = entity;
  if (mask === undefined && maskOffset === undefined && maskLength === undefined) return entity;
  return { ...rest, ...(isSpan(entity) ? redacted?.maskOf(entity) : undefined) };
}

function redactionCharacter(holder: unknown): string | undefined {
  if (typeof holder !== "object" || holder === null || !("redactionCharacter" in holder)) return undefined;
  return typeof holder.redactionCharacter === "string" ? holder.redactionCharacter : undefined;
}

/** A mask and its place in the redacted text, in UTF-16 code units, as the service's own fields of an entity. */
interface MaskPlace {
  mask: string;
  maskOffset: number;
  maskLength: number;
}

interface RedactedText {
  text: string;
  /** What the service said it wrote for just this span, if that is what stands there; undefined where it is not. */
  maskOf(span: Span): MaskPlace | undefined;
}

/** A mask, and where it begins in the redacted text. */
interface WrittenMask extends Mask {
  at: number;
}

/**
 * The redacted text of a whole document from those of its chunks: the document's text with every character masked that was
 * masked in any chunk, so that nothing found on one side of a cut, or masked on one side only, shows through from the
 * other. The masks are the service's own; where they cannot be told, or none of those that lie over one another hides what
 * all of them hide, `character`.
 * @returns undefined when the service redacted nothing for any of the chunks
 */
function mergeRedactedText(parts: readonly AnswerPart[], character: string): RedactedText | undefined {
  if (!parts.every(({ content }) => typeof content.redactedText === "string")) return undefined;
  const source = documentText(parts);
  const read = parts.flatMap((part) => readMasks(part, character));
  const stated = new Set(read.filter(({ certain }) => certain).map(keyOf));
  const masks: WrittenMask[] = [];
  let text = "";
  let written = 0;
  for (const mask of joinMasks(read, source, character)) {
    text += source.slice(written, mask.start);
    masks.push({ ...mask, at: text.length });
    text += mask.mask;
    written = mask.end;
  }
  text += source.slice(written);
  return {
    text,
    maskOf(span) {
      const [start, end] = [span.offset, endOf(span)];
      const [maskOffset, maskEnd] = [placeOf(start, masks), placeOf(end, masks)];
      if (maskOffset === undefined || maskEnd === undefined) return undefined;
      const mask = text.slice(maskOffset, maskEnd);
      return stated.has(keyOf({ start, end, mask })) ? { mask, maskOffset, maskLength: mask.length } : undefined;
    },
  };
}

function keyOf({ start, end, mask }: { start: number; end: number; mask: string }): string {
  return `${start} ${end} ${mask}`;
}

/** What the masks of all chunks hide, in the order of the text, none over another. */
function joinMasks(masks: readonly Mask[], source: string, character: string): Mask[] {
  const runs = masks
    .flatMap((mask) => hiddenRuns(mask, source.slice(mask.start, mask.end)))
    .toSorted((a, b) => a.start - b.start || b.end - a.end || Number(b.opaque) - Number(a.opaque));
  const joined: Mask[] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    if (last === undefined || run.start >= last.end) joined.push({ ...run });
    else if (!hides(last, run)) {
      last.end = Math.max(last.end, run.end);
      last.mask = character.repeat(last.end - last.start);
      last.opaque = true;
    }
  }
  return joined;
}

/** The one hides whatever the other, which begins within it, hides. */
function hides(one: Mask, other: Mask): boolean {
  const same = one.start === other.start && one.end === other.end && one.mask === other.mask;
  return same || (one.opaque && other.end <= one.end);
}

/** Where an offset of the document is in the redacted text; undefined for one within a mask. */
function placeOf(offset: number, masks: readonly WrittenMask[]): number | undefined {
  let [low, high] = [0, masks.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((masks[middle]?.start ?? offset) <= offset) low = middle + 1;
    else high = middle;
  }
  const last = masks[low - 1];
  if (last === undefined) return offset;
  if (offset === last.start) return last.at;
  return offset < last.end ? undefined : last.at + last.mask.length + offset - last.end;
}

/** The document's text; where no chunk was sent there was white space only. */
function documentText(parts: readonly AnswerPart[]): string {
  let text = "";
  for (const part of parts) {
    text = text.padEnd(part.offset) + part.text.slice(Math.max(0, text.length - part.offset));
  }
  return text;
}
