/** A language that custom projects can be in. */
export interface ProjectLanguage {
  languageName: string;
  languageCode: string;
}

/** "code name; …": those of the specification's example (azure-rest-api-specs, `SuccessfulGetSupportedLanguages`). */
const LIST = `
en English; en-us English; fr French; it Italian; es Spanish; de German; pt-br Portuguese (Brazil);
pt-pt Portuguese (Portugal); af Afrikaans; am Amharic; ar Arabic; as Assamese; az Azerbaijani; be Belarusian;
bg Bulgarian; bn Bengali; br Breton; bs Bosnian; ca Catalan; cs Czech; cy Welsh; da Danish; el Greek; eo Esperanto;
et Estonian; eu Basque; fa Persian (Farsi); fi Finnish; fy Western Frisian; ga Irish; gd Scottish Gaelic; gl Galician;
gu Gujarati; ha Hausa; he Hebrew; hi Hindi; hr Croatian; hu Hungarian; hy Armenian; id Indonesian; ja Japanese;
jv Javanese; ka Georgian; kk Kazakh; km Khmer; kn Kannada; ko Korean; ku Kurdish (Kurmanji); ky Kyrgyz; la Latin;
lo Lao; lt Lithuanian; lv Latvian; mg Malagasy; mk Macedonian; ml Malayalam; mn Mongolian; mr Marathi; ms Malay;
my Burmese; ne Nepali; nl Dutch; nb Norwegian (Bokmal); or Oriya; pa Punjabi; pl Polish; ps Pashto; ro Romanian;
ru Russian; sa Sanskrit; sd Sindhi; si Sinhala; sk Slovak; sl Slovenian; so Somali; sq Albanian; sr Serbian;
su Sundanese; sv Swedish; sw Swahili; ta Tamil; te Telugu; th Thai; tl Filipino; tr Turkish; ug Uyghur; uk Ukrainian;
ur Urdu; uz Uzbek; vi Vietnamese; xh Xhosa; yi Yiddish; zh-hans Chinese (Simplified); zh-hant Chinese (Traditional)`;

/** Languages of custom projects, in the order in which the service lists them. */
export const PROJECT_LANGUAGES: readonly ProjectLanguage[] = LIST.split(";").map((entry) => {
  const [languageCode = "", ...name] = entry.trim().split(" ");
  return { languageName: name.join(" "), languageCode };
});

const CODES = new Set(PROJECT_LANGUAGES.map(({ languageCode }) => languageCode));

/** Whether custom projects can be in a language; case does not matter, and a region may follow ("de-DE"). */
export function isProjectLanguage(code: string): boolean {
  const lower = code.toLowerCase();
  return CODES.has(lower) || CODES.has(lower.replace(/-[a-z]{2}$/, ""));
}
