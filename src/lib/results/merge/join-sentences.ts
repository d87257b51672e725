import type { AnswerPart } from "../answer-part.ts";
import { endOf, isSpan, listOf, overlap, type Span } from "./parts.ts";

/** A sentence of one part. */
export interface Sentence {
  part: number;
  /** In the part's own list. */
  index: number;
  fields: Span;
}

export interface JoinedSentences {
  /** In the order of the text. */
  kept: Sentence[];
  /** A sentence of a part, and the kept one that stands for it (itself, most often) with its place among the kept. */
  find(part: number, index: number): { sentence: Sentence; keeper: Sentence; position: number } | undefined;
}

/** How much of a sentence lies within another when both are the same one, cut off or bordered a little differently. */
const MOSTLY = 0.75;

/**
 * The sentences of all chunks, those in the overlap of two chunks once: of sentences from different chunks that lie over
 * one another, a shorter one (of equal ones, that of the later chunk) is left out when three quarters of it lie within the
 * longer. One that is cut off lies there wholly, if the other chunk has the whole. Of a sentence longer than the overlap
 * no chunk has the whole: its pieces stay side by side, unless one has hardly anything of its own.
 */
export function joinSentences(parts: readonly AnswerPart[]): JoinedSentences {
  const all = parts.map(({ content }, part) =>
    listOf(content, "sentences").map((fields, index) => (isSpan(fields) ? { part, index, fields } : undefined)),
  );
  const keptAs = new Map<Sentence, Sentence>();
  const kept: Sentence[] = [];
  const inOrder = all.flat().filter((sentence) => sentence !== undefined);
  for (const sentence of inOrder.toSorted((a, b) => a.fields.offset - b.fields.offset || a.part - b.part)) {
    const rivals = rivalsOf(sentence, kept);
    const [nearest] = rivals.toSorted((a, b) => common(b, sentence) - common(a, sentence));
    if (nearest !== undefined && isMostlyIn(sentence, rivals)) {
      keptAs.set(sentence, nearest);
      continue;
    }
    for (const piece of rivals.filter((rival) => isMostlyIn(rival, [sentence]))) {
      kept.splice(kept.lastIndexOf(piece), 1);
      keptAs.set(piece, sentence);
    }
    kept.push(sentence);
  }
  const positions = new Map(kept.map((sentence, position) => [sentence, position]));
  return {
    kept,
    find(part, index) {
      const sentence = all[part]?.[index];
      let keeper = sentence;
      for (let next = keeper; next !== undefined; next = keptAs.get(next)) keeper = next;
      const position = keeper && positions.get(keeper);
      return sentence && keeper && position !== undefined ? { sentence, keeper, position } : undefined;
    },
  };
}

/** Of the sentences that begin before this one, those of other chunks that reach into it; sentences of a chunk are disjoint. */
function rivalsOf(sentence: Sentence, kept: readonly Sentence[]): Sentence[] {
  const last = kept.findLastIndex(({ part, fields }) => part === sentence.part || !overlap(fields, sentence.fields));
  return kept.slice(last + 1);
}

/** It is no longer than the others together, and most of it lies within them. */
function isMostlyIn(sentence: Sentence, others: readonly Sentence[]): boolean {
  const { length } = sentence.fields;
  const longer = length <= others.reduce((sum, { fields }) => sum + fields.length, 0);
  return longer && others.reduce((sum, other) => sum + common(other, sentence), 0) >= MOSTLY * length;
}

/** How many code units they share. */
function common({ fields: a }: Sentence, { fields: b }: Sentence): number {
  return Math.max(0, Math.min(endOf(a), endOf(b)) - Math.max(a.offset, b.offset));
}
