import { joinSentences } from "./merge-sentiment.ts";
import { type Fields, freshLengths, isSpan, listOf, type Merge, numberOf, rounded } from "./parts.ts";

/**
 * Single label: the class with the highest mean score over the chunks, weighted by the length of their text. Where a
 * chunk's answer does not name a class, that class counts as 0 there.
 */
export const mergeBestClass: Merge = (parts) => {
  const lengths = freshLengths(parts);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const means = new Map<unknown, { first: Fields; sum: number }>();
  for (const [index, { content }] of parts.entries()) {
    for (const found of listOf(content, "classes")) {
      const mean = means.get(found.category) ?? { first: found, sum: 0 };
      mean.sum += numberOf(found, "confidenceScore") * (lengths[index] ?? 0);
      means.set(found.category, mean);
    }
  }
  const [best] = [...means.values()].toSorted((a, b) => b.sum - a.sum);
  return { classes: best === undefined ? [] : [{ ...best.first, confidenceScore: rounded(best.sum / total) }] };
};

/** Multi label: every class that any chunk has, with its highest score, the surest class first. */
export const mergeClassUnion: Merge = (parts) => {
  const best = new Map<unknown, Fields>();
  for (const found of parts.flatMap(({ content }) => listOf(content, "classes"))) {
    const known = best.get(found.category);
    if (known === undefined || numberOf(found, "confidenceScore") > numberOf(known, "confidenceScore")) {
      best.set(found.category, found);
    }
  }
  const score = (found: Fields) => numberOf(found, "confidenceScore");
  return { classes: [...best.values()].toSorted((a, b) => score(b) - score(a)) };
};

/** Every phrase once, upper and lower case alike, in the form and the order in which it comes first. */
export const mergeKeyPhrases: Merge = (parts) => {
  const phrases = new Map<string, string>();
  for (const { content } of parts) {
    const found: unknown = content.keyPhrases;
    for (const phrase of Array.isArray(found) ? found : []) {
      const key = String(phrase).toLowerCase();
      if (!phrases.has(key)) phrases.set(key, String(phrase));
    }
  }
  return { keyPhrases: [...phrases.values()] };
};

/** Entities with the same address (without one, the same id in the same source) become one with all matches, each once. */
export const mergeLinkedEntities: Merge = (parts) => {
  const merged = new Map<string, { first: Fields; matches: Map<string, Fields> }>();
  for (const entity of parts.flatMap(({ content }) => listOf(content, "entities"))) {
    const key =
      typeof entity.url === "string" ? entity.url : JSON.stringify([entity.dataSource, entity.id ?? entity.name]);
    const one = merged.get(key) ?? { first: entity, matches: new Map() };
    merged.set(key, one);
    for (const match of listOf(entity, "matches")) {
      const span = isSpan(match) ? `${match.offset} ${match.length}` : JSON.stringify(match);
      const known = one.matches.get(span);
      if (known === undefined || numberOf(match, "confidenceScore") > numberOf(known, "confidenceScore")) {
        one.matches.set(span, match);
      }
    }
  }
  return {
    entities: [...merged.values()].map(({ first, matches }) => ({
      ...first,
      matches: [...matches.values()].toSorted((a, b) => numberOf(a, "offset") - numberOf(b, "offset")),
    })),
  };
};

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
