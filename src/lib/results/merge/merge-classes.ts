import type { Merge } from "../answer-part.ts";
import type { Fields } from "../locate-spans.ts";
import { freshLengths, listOf, numberOf, rounded } from "./parts.ts";

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
