import {
  type AnswerPart,
  endOf,
  type Fields,
  freshLengths,
  isSpan,
  listOf,
  type Merge,
  overlap,
  rounded,
  type Span,
} from "./parts.ts";

const OPINION_REF = /^#\/sentences\/(\d+)\/(targets|assessments)\/(\d+)$/;

/**
 * Scores: the mean over the chunks that have any, weighted by the length of their text. Label: what the service's own rule for the
 * sentences of a document makes of the labels of the chunks. Sentences: those of all chunks, opinions pointing at the
 * merged ones.
 */
export const mergeSentiment: Merge = (parts) => {
  const joined = joinSentences(parts);
  const sentences = joined.kept.map(({ part, fields }) => withMergedRefs(fields, part, joined));
  const confidenceScores = meanScores(
    parts.map(({ content }) => content.confidenceScores),
    freshLengths(parts),
  );
  return {
    sentiment: labelOf(parts.map(({ content }) => content.sentiment)),
    ...(confidenceScores && { confidenceScores }),
    sentences,
  };
};

/**
 * Positive and negative together, or anything mixed, is mixed; neutral gives way to positive or negative
 * (https://learn.microsoft.com/azure/ai-services/language-service/sentiment-opinion-mining/how-to/call-api).
 */
function labelOf(labels: readonly unknown[]): string {
  const positive = labels.includes("positive");
  const negative = labels.includes("negative");
  if (labels.includes("mixed") || (positive && negative)) return "mixed";
  if (positive) return "positive";
  return negative ? "negative" : "neutral";
}

/** Over the parts that have scores; undefined when none has. */
function meanScores(scores: readonly unknown[], weights: readonly number[]): Fields | undefined {
  const sums: Record<string, number> = {};
  let total = 0;
  for (const [index, ofPart] of scores.entries()) {
    const weight = weights[index] ?? 0;
    const numbers = numbersIn(ofPart);
    if (numbers.length > 0) total += weight;
    for (const [label, score] of numbers) sums[label] = (sums[label] ?? 0) + score * weight;
  }
  if (total === 0) return undefined;
  return Object.fromEntries(Object.entries(sums).map(([label, sum]) => [label, rounded(sum / total)]));
}

function numbersIn(scores: unknown): [string, number][] {
  if (typeof scores !== "object" || scores === null) return [];
  return Object.entries(scores).filter((entry): entry is [string, number] => typeof entry[1] === "number");
}

function withMergedRefs(sentence: Fields, part: number, joined: JoinedSentences): Fields {
  if (sentence.targets === undefined) return sentence;
  const targets = listOf(sentence, "targets").map((target) => {
    if (target.relations === undefined) return target;
    const relations = listOf(target, "relations").flatMap((relation) => {
      const ref = mergedRef(relation.ref, part, joined);
      return ref === undefined ? [] : [{ ...relation, ref }];
    });
    return { ...target, relations };
  });
  return { ...sentence, targets };
}

/** Undefined when what it points at was left out in favour of a sentence that does not have it. */
function mergedRef(ref: unknown, part: number, joined: JoinedSentences): unknown {
  const [, sentence, list, index] = (typeof ref === "string" && OPINION_REF.exec(ref)) || [];
  if (sentence === undefined || list === undefined || index === undefined) return ref;
  const found = joined.find(part, Number(sentence));
  if (found === undefined) return undefined;
  const { keeper, position } = found;
  if (keeper === found.sentence) return `#/sentences/${position}/${list}/${index}`;
  const opinion = listOf(found.sentence.fields, list)[Number(index)];
  const same = listOf(keeper.fields, list).findIndex(
    ({ offset, length }) => offset === opinion?.offset && length === opinion?.length,
  );
  return same < 0 ? undefined : `#/sentences/${position}/${list}/${same}`;
}

/** A sentence of one part. */
interface Sentence {
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
