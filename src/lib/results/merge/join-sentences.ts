import type { AnswerPart } from "../answer-part.ts";
import { isSpan, listOf, overlap, type Span } from "./parts.ts";

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

/**
 * The sentences of all chunks, those in the overlap of two chunks once: of sentences from different chunks that lie over
 * one another (one of them cut off) the longer is kept, of equal ones that of the earlier chunk.
 */
export function joinSentences(parts: readonly AnswerPart[]): JoinedSentences {
  const all = parts.map(({ content }, part) =>
    listOf(content, "sentences").map((fields, index) => (isSpan(fields) ? { part, index, fields } : undefined)),
  );
  const keptAs = new Map<Sentence, Sentence>();
  const kept: Sentence[] = [];
  const inOrder = all.flat().filter((sentence) => sentence !== undefined);
  for (const sentence of inOrder.toSorted((a, b) => a.fields.offset - b.fields.offset || a.part - b.part)) {
    const rivals: Sentence[] = [];
    for (let at = kept.length - 1; at >= 0; at--) {
      const rival = kept[at];
      if (rival === undefined || rival.part === sentence.part || !overlap(rival.fields, sentence.fields)) break;
      rivals.push(rival);
    }
    const [last] = rivals;
    if (last === undefined) {
      kept.push(sentence);
    } else if (sentence.fields.length > rivals.reduce((sum, { fields }) => sum + fields.length, 0)) {
      kept.splice(kept.length - rivals.length, rivals.length, sentence);
      for (const rival of rivals) keptAs.set(rival, sentence);
    } else {
      keptAs.set(sentence, last);
    }
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
