/**
 * Languages that the emulator's kinds accept: a part of what the service documents, sorted as it prints them. The
 * answers themselves are only sensible for English, German and Spanish.
 */

/** Kinds trained by the user: the service's multilingual models take nearly everything. */
export const CUSTOM_LANGUAGES: readonly string[] = list(
  "af am ar as az be bg bn br bs ca cs cy da de el en eo es et eu fa fi fr fy ga gd gl gu ha he hi hr hu hy id it ja jv",
  "ka kk km kn ko ku ky la lo lt lv mg mk ml mn mr ms my ne nl no om or pa pl ps pt-BR pt-PT ro ru sa sd si sk sl so sq",
  "sr su sv sw ta te th tl tr ug uk ur uz vi xh yi zh-Hans zh-Hant zu",
);

export const PREBUILT_LANGUAGES: readonly string[] = list(
  "ar cs da de en es fi fr he hi hu it ja ko nl no pl pt-BR pt-PT ru sv tr zh-Hans zh-Hant",
);

export const HEALTH_LANGUAGES: readonly string[] = list("de en es fr he it pt-BR pt-PT");

export const LINKING_LANGUAGES: readonly string[] = list("en es");

export const SUMMARY_LANGUAGES: readonly string[] = list("de en es fr he it ja ko pl pt-BR pt-PT zh-Hans");

function list(...lines: string[]): readonly string[] {
  return lines.join(" ").split(" ");
}

/** The listed code that a document's language stands for: `en-GB` is served as `en`, `pt` as `pt-BR`. */
export function matchLanguage(asked: string, languages: readonly string[]): string | undefined {
  const wanted = asked.toLowerCase();
  const primary = wanted.split("-")[0] ?? wanted;
  return (
    languages.find((code) => code.toLowerCase() === wanted) ??
    languages.find((code) => code.toLowerCase() === primary) ??
    languages.find((code) => code.toLowerCase().startsWith(`${primary}-`) && wanted === primary)
  );
}

/** Frequent small words, enough to tell the three languages of the samples apart. */
const HINTS: Readonly<Record<string, readonly string[]>> = {
  de: ["der", "die", "das", "und", "ist", "nicht", "ein", "eine", "mit", "von", "zu", "auf", "wir", "bitte", "für"],
  en: ["the", "and", "is", "not", "a", "an", "with", "of", "to", "on", "we", "please", "for", "was", "it"],
  es: ["el", "la", "los", "y", "es", "no", "un", "una", "con", "de", "que", "en", "por", "para", "se"],
};

const NAMES: Readonly<Record<string, string>> = { de: "German", en: "English", es: "Spanish" };

/** What `detectedLanguage` says of a document. */
export interface DetectedLanguage {
  name: string;
  iso6391Name: string;
  confidenceScore: number;
}

/** Guesses a document's language from its small words; `fallback` when none is found. */
export function detectLanguage(text: string, fallback: string): DetectedLanguage {
  const tokens = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  let best = { language: fallback, hits: 0 };
  for (const [language, hints] of Object.entries(HINTS)) {
    const hits = tokens.filter((token) => hints.includes(token)).length;
    if (hits > best.hits) best = { language, hits };
  }
  const confidenceScore = best.hits === 0 ? 0 : 0.99;
  return { name: NAMES[best.language] ?? best.language, iso6391Name: best.language, confidenceScore };
}
