import { marksEntities, type ProjectKind } from "../language/authoring/authoring.ts";

/**
 * Languages of custom text classification and custom named entity recognition, as their language-support pages list them
 * (https://learn.microsoft.com/azure/ai-services/language-service/custom-text-classification/language-support).
 */
const CUSTOM_LANGUAGES = [
  ..."af am ar as az be bg bn br bs ca cs cy da de el en-us eo es et eu fa fi fr fy ga gd gl gu ha he hi hr hu hy id".split(
    " ",
  ),
  ..."it ja jv ka kk km kn ko ku ky la lo lt lv mg mk ml mn mr ms my ne nl nb or pa pl ps pt-br pt-pt ro ru sa sd".split(
    " ",
  ),
  ..."si sk sl so sq sr su sv sw ta te th tl tr ug uk ur uz vi xh yi zh-hans zu".split(" "),
];

/** https://learn.microsoft.com/azure/ai-services/language-service/custom-text-analytics-for-health/language-support */
const HEALTH_LANGUAGES = ["en", "fr", "de", "es", "it", "pt-pt", "he"];

/**
 * Cultures of authoring v1.0-preview.2 (documentation of July 2021, `custom-classification/language-support.md`), by the
 * code that the current service lists for the same language.
 */
const CULTURES: Readonly<Record<string, string>> = {
  "en-us": "en-US",
  fr: "fr-FR",
  de: "de-DE",
  it: "it-IT",
  es: "es-ES",
  "pt-pt": "pt-PT",
  "pt-br": "pt-BR",
};

/** The languages that a wire can train a kind of project in, as it writes them. */
export function trainingLanguages(kind: ProjectKind, wire: "current" | "preview"): readonly string[] {
  if (wire === "preview") return Object.values(CULTURES);
  return kind === "CustomHealthcare" ? HEALTH_LANGUAGES : CUSTOM_LANGUAGES;
}

/** True for a code of one of these languages; the service takes `en`, `en-us` and `en-gb` alike. */
export function isOneOf(languages: readonly string[], code: string): boolean {
  return languages.some((language) => sameLanguage(language, code));
}

/** True for two codes of one language: `en` and `en-US`; not for `pt-PT` and `pt-BR`. */
export function sameLanguage(one: string, other: string): boolean {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  if (baseOf(a) !== baseOf(b)) return false;
  return baseOf(a) !== "pt" || a === b || a === "pt" || b === "pt";
}

/** The culture that authoring v1.0-preview.2 wants for a language; a code that it does not know is left as it is. */
export function toCulture(language: string): string {
  const code = Object.keys(CULTURES).find((known) => known === language.toLowerCase()) ?? nearestCode(language);
  return CULTURES[code ?? ""] ?? language;
}

/** The code that the current service lists for a culture; an unknown one is left as it is. */
export function fromCulture(culture: string): string {
  const [code] = Object.entries(CULTURES).find(([, known]) => known.toLowerCase() === culture.toLowerCase()) ?? [];
  return code ?? culture;
}

function nearestCode(language: string): string | undefined {
  return Object.keys(CULTURES).find((known) => sameLanguage(known, language));
}

function baseOf(code: string): string {
  return code.split("-")[0] ?? code;
}

/** Hebrew projects hold no other language (language-support page of custom Text Analytics for health). */
export function isAlwaysAlone(kind: ProjectKind, language: string): boolean {
  return marksEntities(kind) && kind === "CustomHealthcare" && baseOf(language.toLowerCase()) === "he";
}
