import type { Merge } from "../answer-part.ts";

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
