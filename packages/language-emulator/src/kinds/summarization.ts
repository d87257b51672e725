import * as z from "zod";
import { rounded } from "../models/model.ts";
import { type Span, STOP_WORDS, sentences, words } from "../text.ts";
import { type Content, definePrebuilt, stringIndexType } from "./kind.ts";
import { SUMMARY_LANGUAGES } from "./languages.ts";

/** Sentences that a summary may have at the most (message of the service, kept in a public list of its errors). */
const RANGE = "Supported values 1 (min) to 20 (max).";
const sentenceCount = z.int().min(1, RANGE).max(20, RANGE);

interface RankedSentence extends Span {
  rankScore: number;
}

function topicWords(text: string): string[] {
  return words(text.toLowerCase())
    .map((word) => word.text)
    .filter((word) => !STOP_WORDS.has(word));
}

/** Sentences with a rank from 0 to 1: how much they share with the rest of the text, the first a little ahead. */
function ranked(text: string): RankedSentence[] {
  const counts = new Map<string, number>();
  for (const word of topicWords(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const scored = sentences(text).map((sentence, index) => {
    const own = new Set(topicWords(sentence.text));
    const weight = [...own].reduce((sum, word) => sum + (counts.get(word) ?? 0), 0) / Math.sqrt(own.size + 1);
    return { sentence, weight: index === 0 ? weight * 1.2 : weight };
  });
  const highest = scored.reduce((most, { weight }) => Math.max(most, weight), 0);
  return scored.map(({ sentence, weight }) => ({
    ...sentence,
    rankScore: highest === 0 ? 0 : rounded(weight / highest),
  }));
}

function strongest(text: string, count: number): RankedSentence[] {
  return ranked(text)
    .toSorted((a, b) => b.rankScore - a.rankScore || a.offset - b.offset)
    .slice(0, count);
}

const inOrder = (a: Span, b: Span): number => a.offset - b.offset;

/** The sentences that say most. */
export const extractiveSummarization = definePrebuilt({
  kind: "ExtractiveSummarization",
  languages: SUMMARY_LANGUAGES,
  modelVersions: ["2022-05-15-preview", "2022-11-30"],
  parameters: z.object({
    stringIndexType,
    sentenceCount: sentenceCount.default(3),
    sortBy: z.enum(["Offset", "Rank"]).default("Offset"),
  }),
  analyze({ text }, { sentenceCount: count, sortBy }) {
    const chosen = strongest(text, count);
    return { sentences: sortBy === "Offset" ? chosen.toSorted(inOrder) : chosen };
  },
});

/** Sentences of a summary of each length; asked together with a number of sentences, the length counts. */
const LENGTHS = { short: 1, medium: 2, long: 4 } as const;

/** Parameters of summaries that are written anew, prebuilt or custom. */
export const summaryParameters = z.object({
  stringIndexType,
  sentenceCount: sentenceCount.optional(),
  summaryLength: z.enum(["short", "medium", "long"]).optional(),
});

/** A shorter text: the strongest sentences cut at their first clause, where the service writes anew. */
export function summarize(text: string, parameters: z.output<typeof summaryParameters>): Content {
  const { sentenceCount: count = LENGTHS.medium, summaryLength } = parameters;
  const chosen = strongest(text, summaryLength === undefined ? count : LENGTHS[summaryLength]).toSorted(inOrder);
  const clauses = chosen.map((sentence) => {
    const clause = sentence.text.split(/[,;:]\s/u)[0] ?? sentence.text;
    return `${clause.replace(/[.!?…]+$/u, "")}.`;
  });
  const contexts = chosen.map(({ offset, length }) => ({ offset, length }));
  return { summaries: clauses.length === 0 ? [] : [{ text: clauses.join(" "), contexts }] };
}

/** The summaries that the service writes without training. */
export const abstractiveSummarization = definePrebuilt({
  kind: "AbstractiveSummarization",
  languages: SUMMARY_LANGUAGES,
  modelVersions: ["2022-10-01-preview", "2023-02-01"],
  parameters: summaryParameters,
  analyze: ({ text }, parameters) => summarize(text, parameters),
});
