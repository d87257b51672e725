import type { Merge } from "../answer-part.ts";
import type { Fields } from "../locate-spans.ts";
import { type JoinedSentences, joinSentences } from "./join-sentences.ts";
import { freshLengths, listOf, rounded } from "./parts.ts";

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
