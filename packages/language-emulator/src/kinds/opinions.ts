import { type Span, words } from "../text/segments.ts";
import { STOP_WORDS } from "../text/stop-words.ts";

/** A judging word in a sentence, and what it judges if that is near; offsets within the document. */
export interface Opinion {
  sentiment: "positive" | "negative";
  word: Span;
  isNegated: boolean;
  target?: Span;
}

const list = (...lines: string[]): ReadonlySet<string> => new Set(lines.flatMap((line) => line.split(" ")));

const POSITIVE = list(
  "good great excellent friendly helpful fast clean comfortable love loved lovely perfect happy thanks useful easy",
  "gut gute guter gutes toll tolle freundlich hilfreich schnell sauber perfekt zufrieden danke schön nützlich",
  "bueno buena excelente amable rápido rápida limpio perfecto feliz gracias útil fácil encanta",
);
const NEGATIVE = list(
  "bad terrible awful slow dirty rude broken error errors fails failed unavailable down wrong expensive angry sad late",
  "schlecht schlechte langsam schmutzig unfreundlich kaputt fehler falsch teuer leider gesperrt ärgerlich",
  "malo mala terrible lento lenta sucio roto error errores falla caído equivocado caro bloqueada triste",
);
const NEGATORS = list("not no never isn't wasn't don't nicht kein keine nie no nunca jamás");

/** How many words before a judging word a negation counts, and how far away what it judges may be. */
const NEGATION_REACH = 3;
const TARGET_REACH = 4;

/** The judging words of a sentence, each with the nearest word that could be what it judges. */
export function opinionsOf(sentence: Span): Opinion[] {
  const tokens = words(sentence.text).map((word) => ({ ...word, offset: word.offset + sentence.offset }));
  const lower = tokens.map(({ text }) => text.toLowerCase());
  const judges = (word: string | undefined): boolean =>
    word !== undefined && (POSITIVE.has(word) || NEGATIVE.has(word));
  return tokens.flatMap((word, index) => {
    if (!judges(lower[index])) return [];
    const isNegated = lower.slice(Math.max(0, index - NEGATION_REACH), index).some((near) => NEGATORS.has(near));
    const positive = POSITIVE.has(lower[index] ?? "") !== isNegated;
    const target = Array.from({ length: TARGET_REACH }, (_, step) => [index + step + 1, index - step - 1])
      .flat()
      .find((at) => {
        const near = lower[at];
        return near !== undefined && near.length > 3 && !STOP_WORDS.has(near) && !judges(near) && !NEGATORS.has(near);
      });
    const judged = target === undefined ? undefined : tokens[target];
    return [
      {
        sentiment: positive ? ("positive" as const) : ("negative" as const),
        word,
        isNegated,
        ...(judged === undefined ? {} : { target: judged }),
      },
    ];
  });
}
