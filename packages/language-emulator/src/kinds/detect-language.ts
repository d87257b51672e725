/** Frequent small words, enough to tell these languages apart in a sentence. */
const HINTS: Readonly<Record<string, readonly string[]>> = {
  de: ["der", "die", "das", "und", "ist", "nicht", "ein", "eine", "mit", "von", "zu", "auf", "wir", "bitte", "für"],
  en: ["the", "and", "is", "not", "a", "an", "with", "of", "to", "on", "we", "please", "for", "was", "it"],
  es: ["el", "la", "los", "y", "es", "no", "un", "una", "con", "de", "que", "en", "por", "para", "se"],
  fr: ["le", "la", "les", "et", "est", "pas", "un", "une", "avec", "de", "du", "sur", "nous", "pour", "que"],
  it: ["il", "lo", "gli", "e", "è", "non", "un", "una", "con", "di", "del", "su", "per", "che", "sono"],
  nl: ["de", "het", "en", "is", "niet", "een", "met", "van", "te", "op", "wij", "voor", "dat", "aan", "zijn"],
};

/** Letters that by themselves say which language it most likely is; the first that fits counts. */
const SCRIPTS: readonly (readonly [string, RegExp])[] = [
  ["ja", /[\p{Script=Hiragana}\p{Script=Katakana}]/gu],
  ["ko", /\p{Script=Hangul}/gu],
  ["zh_chs", /\p{Script=Han}/gu],
  ["uk", /[ґєії]/giu],
  ["ru", /\p{Script=Cyrillic}/gu],
  ["el", /\p{Script=Greek}/gu],
  ["he", /\p{Script=Hebrew}/gu],
  ["ar", /\p{Script=Arabic}/gu],
  ["th", /\p{Script=Thai}/gu],
];

/** What `detectedLanguage` says of a document. */
export interface DetectedLanguage {
  name: string;
  iso6391Name: string;
  confidenceScore: number;
}

/** What the service says when it finds none. */
export const UNKNOWN_LANGUAGE: DetectedLanguage = { name: "(Unknown)", iso6391Name: "(Unknown)", confidenceScore: 0 };

/** English names, made when the first is asked for, since that takes a while; two codes of the service are none of the standard. */
let names: Intl.DisplayNames | undefined;
const OWN_NAMES: Readonly<Record<string, string>> = { zh_chs: "Chinese_Simplified" };

/** Guesses a text's language from its letters and small words; undefined when neither says anything. */
export function detectLanguage(text: string): DetectedLanguage | undefined {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const script = SCRIPTS.find(([, pattern]) => (text.match(pattern)?.length ?? 0) > letters / 4);
  const found = script?.[0] ?? fromWords(text);
  if (found === undefined) return undefined;
  names ??= new Intl.DisplayNames("en", { type: "language" });
  return { name: OWN_NAMES[found] ?? names.of(found) ?? found, iso6391Name: found, confidenceScore: 0.99 };
}

function fromWords(text: string): string | undefined {
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const hits = Object.entries(HINTS).map(([language, hints]) => ({
    language,
    count: words.filter((word) => hints.includes(word)).length,
  }));
  const best = hits.reduce((most, each) => (each.count > most.count ? each : most));
  return best.count === 0 ? undefined : best.language;
}
