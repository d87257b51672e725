import type { Merge } from "../answer-part.ts";
import { joinSentences } from "./join-sentences.ts";
import { listOf, numberOf } from "./parts.ts";

/** What the service takes when `sentenceCount` is not asked for (reference of ExtractiveSummarizationTaskParameters). */
const SENTENCE_COUNT = 3;

/**
 * The sentences of the chunks with the highest rank scores, as many as the task asks for, in the order that it asks for
 * (`sortBy`: by offset, or by rank).
 */
export const mergeExtractive: Merge = (parts, { parameters }) => {
  const count = typeof parameters.sentenceCount === "number" ? parameters.sentenceCount : SENTENCE_COUNT;
  const inText = joinSentences(parts).kept.map(({ fields }) => fields);
  const ranked = inText.toSorted((a, b) => numberOf(b, "rankScore") - numberOf(a, "rankScore")).slice(0, count);
  const chosen = parameters.sortBy === "Rank" ? ranked : ranked.toSorted((a, b) => a.offset - b.offset);
  return { sentences: chosen };
};

/** The summaries of the chunks one after another: one for each chunk, their contexts in the whole document. */
export const mergeAbstractive: Merge = (parts) => ({
  summaries: parts.flatMap(({ content }) => listOf(content, "summaries")),
});
