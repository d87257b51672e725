import type { AnswerPart } from "../answer-part.ts";
import { endOf, isSpan, listOf } from "./parts.ts";

/** A stretch of the document and what the service wrote in its place. */
interface Mask {
  start: number;
  end: number;
  mask: string;
}

/**
 * The redacted text of a whole document from those of its chunks: the document's text with every stretch masked that was
 * masked in any chunk, so that nothing found on one side of a cut shows through from the other. The masks are the
 * service's own (asterisks, category names, …); where they cannot be told from the text around them, `character`.
 * @returns undefined when the service redacted nothing for any of the chunks
 */
export function mergeRedactedText(parts: readonly AnswerPart[], character: string): string | undefined {
  if (!parts.every(({ content }) => typeof content.redactedText === "string")) return undefined;
  const masks = parts
    .flatMap((part) => masksOf(part, character))
    .toSorted((a, b) => a.start - b.start || b.end - a.end);
  const joined: Mask[] = [];
  for (const mask of masks) {
    const last = joined.at(-1);
    if (last === undefined || mask.start >= last.end) joined.push({ ...mask });
    else if (mask.end > last.end) {
      last.end = mask.end;
      last.mask = character.repeat(last.end - last.start);
    }
  }
  const text = documentText(parts);
  let redacted = "";
  let at = 0;
  for (const { start, end, mask } of joined) {
    redacted += text.slice(at, start) + mask;
    at = end;
  }
  return redacted + text.slice(at);
}

function masksOf(part: AnswerPart, character: string): Mask[] {
  const stretches: { start: number; end: number }[] = [];
  const spans = listOf(part.content, "entities").filter(isSpan);
  for (const span of spans.toSorted((a, b) => a.offset - b.offset)) {
    const start = span.offset - part.offset;
    const end = endOf(span) - part.offset;
    const last = stretches.at(-1);
    // Stretches that touch have no text between them to find their masks by: they are one.
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else stretches.push({ start, end });
  }
  const redacted = String(part.content.redactedText);
  const masks = align(part.text, redacted, stretches);
  return stretches.map(({ start, end }, index) => ({
    start: part.offset + start,
    end: part.offset + end,
    mask: masks?.[index] ?? character.repeat(end - start),
  }));
}

/** Finds each mask between the stretches of text that stay as they were; undefined when the two texts do not fit. */
function align(
  text: string,
  redacted: string,
  stretches: readonly { start: number; end: number }[],
): string[] | undefined {
  const masks: string[] = [];
  const first = stretches[0]?.start ?? text.length;
  if (!redacted.startsWith(text.slice(0, first))) return undefined;
  let at = first;
  for (const [index, { start, end }] of stretches.entries()) {
    const next = stretches[index + 1];
    const after = text.slice(end, next?.start);
    const sameLength = redacted.startsWith(after, at + end - start) ? at + end - start : -1;
    const found = next === undefined ? redacted.length - after.length : redacted.indexOf(after, at);
    const maskEnd = redacted.length === text.length ? sameLength : found;
    if (maskEnd < at || !redacted.startsWith(after, maskEnd)) return undefined;
    masks.push(redacted.slice(at, maskEnd));
    at = maskEnd + after.length;
  }
  return at === redacted.length ? masks : undefined;
}

/** The document's text; where no chunk was sent there was white space only. */
function documentText(parts: readonly AnswerPart[]): string {
  let text = "";
  for (const part of parts) {
    text = text.padEnd(part.offset) + part.text.slice(Math.max(0, text.length - part.offset));
  }
  return text;
}
