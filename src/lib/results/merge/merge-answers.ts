import type { TaskKind } from "../../language/analysis.ts";
import { mergeEntities, mergeHealth } from "./merge-entities.ts";
import {
  mergeAbstractive,
  mergeBestClass,
  mergeClassUnion,
  mergeExtractive,
  mergeKeyPhrases,
  mergeLinkedEntities,
} from "./merge-lists.ts";
import { mergePii } from "./merge-pii.ts";
import { mergeSentiment } from "./merge-sentiment.ts";
import type { AnswerPart, Fields, Merge } from "./parts.ts";

const MERGES: Readonly<Record<TaskKind, Merge>> = {
  CustomSingleLabelClassification: mergeBestClass,
  CustomMultiLabelClassification: mergeClassUnion,
  CustomEntityRecognition: (parts) => ({ entities: mergeEntities(parts).entities }),
  EntityRecognition: (parts) => ({ entities: mergeEntities(parts).entities }),
  PiiEntityRecognition: mergePii,
  CustomHealthcare: mergeHealth,
  Healthcare: mergeHealth,
  CustomSentimentAnalysis: mergeSentiment,
  CustomAbstractiveSummarization: mergeAbstractive,
  KeyPhraseExtraction: mergeKeyPhrases,
  SentimentAnalysis: mergeSentiment,
  EntityLinking: mergeLinkedEntities,
  ExtractiveSummarization: mergeExtractive,
  AbstractiveSummarization: mergeAbstractive,
};

/**
 * One answer for a document that was sent in several chunks, by the rule of the task's kind (`docs/results.md`). Fields
 * without a rule are kept where all chunks say the same; an unknown kind has nothing but those. Everything is in each
 * chunk's own answer in any case.
 */
export const mergeAnswers: Merge = (parts, task) => {
  const merge: Merge | undefined = Object.hasOwn(MERGES, task.kind) ? MERGES[task.kind] : undefined;
  const merged = merge?.(parts, task) ?? {};
  return { ...merged, ...agreed(parts, merged) };
};

function agreed(parts: readonly AnswerPart[], merged: Fields): Fields {
  const [first, ...others] = parts;
  const same = Object.entries(first?.content ?? {}).filter(([key, value]) => {
    if (key in merged) return false;
    const text = JSON.stringify(value);
    return others.every(({ content }) => JSON.stringify(content[key]) === text);
  });
  return Object.fromEntries(same);
}
