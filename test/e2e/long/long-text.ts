import { randomNumbers } from "../../helpers/random-numbers.ts";

/** Something to be found, and where it stands; UTF-16 code units. */
interface Planted {
  text: string;
  offset: number;
}

export interface LongText {
  text: string;
  planted: Planted[];
}

export interface LongTextOptions {
  seed: number;
  /** Length in UTF-16 code units, reached by the last sentence at the latest. */
  characters: number;
  /** The n-th thing to plant. */
  plant(n: number): string;
  /** One thing in so many sentences. */
  every: number;
  /** No sentence, no paragraph: one line of words, so that a cut may fall into anything that has a space. */
  endless?: boolean;
}

/** Words in which none of the emulator's rules finds anything, some of them of very different length in each unit. */
const WORDS = [
  ..."a the of grey tall old wide round stone bridge tree path field cloud lamp chair table river hill window door".split(
    " ",
  ),
  ..."stands lies leads turns grows shines follows near behind below above beside along across under over".split(" "),
  "👩🏻‍👩🏽‍👧🏾‍👦🏿",
  "🇩🇪",
  "n\u0303andu\u0301",
  "\ud55c\uad6d\uc5b4",
  "\u1112\u1161\u11ab",
];
const OPENINGS = ["Then", "Now", "Here", "There", "Often"];

/** A text that is the same for the same seed, with things planted in it at known places. */
export function longText({ seed, characters, plant, every, endless = false }: LongTextOptions): LongText {
  const random = randomNumbers(seed);
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? "";
  const parts: string[] = [];
  const planted: Planted[] = [];
  let length = 0;
  const add = (part: string): void => {
    parts.push(part);
    length += part.length;
  };
  for (let sentence = 0; length < characters; sentence++) {
    if (!endless) add(`${pick(OPENINGS)} `);
    for (let words = endless ? 1 : 4 + Math.floor(random() * 8); words > 0; words--) add(`${pick(WORDS)} `);
    if (sentence % every === 0) {
      const text = plant(planted.length);
      planted.push({ text, offset: length });
      add(text);
    } else add(pick(WORDS));
    if (endless) add(" ");
    else add(random() < 0.1 ? ".\r\n\r\n" : ". ");
  }
  return { text: parts.join(""), planted };
}
