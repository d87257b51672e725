import * as z from "zod";
import { STOP_WORDS, words } from "../text.ts";
import { definePrebuilt } from "./kind.ts";
import { KEY_PHRASE_LANGUAGES } from "./languages.ts";

const LONGEST_PHRASE = 3;

/** Runs of words that carry a topic, at most three words long, in order of appearance, each once. */
function keyPhrases(text: string): string[] {
  const phrases = new Map<string, string>();
  let run: string[] = [];
  let end = 0;
  const close = (): void => {
    const phrase = run.join(" ");
    if (phrase.length > 2 && /\p{L}/u.test(phrase) && !phrases.has(phrase.toLowerCase())) {
      phrases.set(phrase.toLowerCase(), phrase);
    }
    run = [];
  };
  for (const word of words(text)) {
    const adjoins = /^[ \t]$/.test(text.slice(end, word.offset));
    if (STOP_WORDS.has(word.text.toLowerCase())) close();
    else {
      if (!adjoins || run.length === LONGEST_PHRASE) close();
      run.push(word.text);
    }
    end = word.offset + word.length;
  }
  close();
  return [...phrases.values()];
}

/** The main points of a text as phrases. */
export const keyPhraseExtraction = definePrebuilt({
  kind: "KeyPhraseExtraction",
  languages: KEY_PHRASE_LANGUAGES,
  modelVersions: ["2020-07-01", "2021-06-01", "2022-07-01", "2022-10-01"],
  parameters: z.object({}),
  analyze: ({ text }) => ({ keyPhrases: keyPhrases(text) }),
});
