import * as z from "zod";
import { type Span, STOP_WORDS, sentences, words } from "../text.ts";
import { type Content, definePrebuilt, stringIndexType } from "./kind.ts";
import { CUSTOM_LANGUAGES } from "./languages.ts";

type Scores = Readonly<Record<"positive" | "neutral" | "negative", number>>;

interface SentenceSentiment extends Span {
  sentiment: keyof Scores;
  confidenceScores: Scores;
  opinions: readonly Opinion[];
}

function scoresOf(positive: number, negative: number): Scores {
  if (positive === 0 && negative === 0) return { positive: 0.05, neutral: 0.9, negative: 0.05 };
  const total = positive + negative + 0.25;
  const up = Math.round((positive / total) * 100) / 100;
  const down = Math.round((negative / total) * 100) / 100;
  return { positive: up, neutral: Math.round((1 - up - down) * 100) / 100, negative: down };
}

function readSentence(sentence: Span): SentenceSentiment {
  const opinions = opinionsOf(sentence);
  const positive = opinions.filter(({ sentiment }) => sentiment === "positive").length;
  const negative = opinions.length - positive;
  const sentiment = positive > negative ? "positive" : negative > positive ? "negative" : "neutral";
  return { ...sentence, sentiment, confidenceScores: scoresOf(positive, negative), opinions };
}

/** The document as a whole: mixed when it has positive and negative sentences (as the service documents it). */
function overall(parts: readonly SentenceSentiment[]): string {
  const up = parts.some(({ sentiment }) => sentiment === "positive");
  const down = parts.some(({ sentiment }) => sentiment === "negative");
  if (up && down) return "mixed";
  return up ? "positive" : down ? "negative" : "neutral";
}

/** `targets` and `assessments` of one sentence, tied by refs. `{document}` is filled in when a page is written. */
function mined(opinions: readonly Opinion[], sentenceIndex: number): object {
  const strength = { positive: { positive: 0.99, negative: 0.01 }, negative: { positive: 0.01, negative: 0.99 } };
  const assessments = opinions.map(({ sentiment, word, isNegated }) => ({
    sentiment,
    confidenceScores: strength[sentiment],
    ...word,
    isNegated,
  }));
  const targets = opinions.flatMap(({ sentiment, target }, index) => {
    if (target === undefined) return [];
    const ref = `#/documents/{document}/sentences/${sentenceIndex}/assessments/${index}`;
    const relations = [{ relationType: "assessment", ref }];
    return [{ sentiment, confidenceScores: strength[sentiment], ...target, relations }];
  });
  return { targets, assessments };
}

/** Feeling of a text and its sentences; with `opinionMining`, what is judged and how. */
export function readSentiment(text: string, { opinionMining }: { opinionMining: boolean }): Content {
  const parts = sentences(text).map(readSentence);
  const positive = parts.reduce((sum, part) => sum + part.confidenceScores.positive, 0);
  const negative = parts.reduce((sum, part) => sum + part.confidenceScores.negative, 0);
  const mean = (sum: number): number => (parts.length === 0 ? 0 : Math.round((sum / parts.length) * 100) / 100);
  const up = mean(positive);
  const down = mean(negative);
  return {
    sentiment: overall(parts),
    confidenceScores: { positive: up, neutral: Math.round((1 - up - down) * 100) / 100, negative: down },
    sentences: parts.map(({ opinions, ...part }, index) =>
      opinionMining ? { ...part, ...mined(opinions, index) } : part,
    ),
  };
}

/** The feelings that the service knows without training. */
export const sentimentAnalysis = definePrebuilt({
  kind: "SentimentAnalysis",
  languages: CUSTOM_LANGUAGES,
  modelVersions: ["2019-10-01", "2020-04-01", "2021-10-01", "2022-06-01", "2022-11-01"],
  parameters: z.object({ stringIndexType, opinionMining: z.boolean().default(false) }),
  analyze: ({ text }, parameters) => readSentiment(text, parameters),
});

/** A judging word in a sentence, and what it judges if that is near; offsets within the document. */
interface Opinion {
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
function opinionsOf(sentence: Span): Opinion[] {
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
