/**
 * Languages that each kind accepts, in the order in which the service prints them where that was recorded (refusals of
 * an unknown language, azure-sdk-for-js, June 2021); those documented since follow. The answers themselves are only
 * sensible for English, German and Spanish.
 */

/** Kinds trained by the user, and sentiment: the service's multilingual models take nearly everything. */
export const CUSTOM_LANGUAGES: readonly string[] = list(
  "af am ar as az be bg bn br bs ca cs cy da de el en eo es et eu fa fi fr fy ga gd gl gu ha he hi hr hu hy id it ja jv",
  "ka kk km kn ko ku ky la lo lt lv mg mk ml mn mr ms my ne nl no om or pa pl ps pt-BR pt-PT ro ru sa sd si sk sl so sq",
  "sr su sv sw ta te th tl tr ug uk ur uz vi xh yi zh-Hans zh-Hant zu",
);

/** Recorded, then documented since. */
export const ENTITY_LANGUAGES: readonly string[] = list(
  "en es de fr zh-Hans ar cs da fi hu it ja ko no nl pl pt-BR pt-PT ru sv tr",
  "he hi zh-Hant",
);

/** Recorded, then documented since. */
export const PII_LANGUAGES: readonly string[] = list(
  "ja ko zh-Hans de en es fr it pt-BR pt-PT",
  "ar cs da fi he hi hu nl no pl ru sv tr zh-Hant",
);

/** Recorded, then documented since. */
export const KEY_PHRASE_LANGUAGES: readonly string[] = list(
  "ja ko zh-Hans da fi nl pl ru sv de en es fr it pt-BR pt-PT af bg ca el et hr hu id lv no ro sk sl tr",
  "ar cs he hi zh-Hant",
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
