import * as z from "zod";
import { defineCustom, stringIndexType } from "./kind.ts";
import { CUSTOM_LANGUAGES } from "./languages.ts";
import { readSentiment } from "./sentiment-analysis.ts";

/** Feeling of a text and its sentences by a project's model, without opinions; here by the rules of the prebuilt kind. */
export const customSentimentAnalysis = defineCustom({
  kind: "CustomSentimentAnalysis",
  languages: CUSTOM_LANGUAGES,
  parameters: z.object({ stringIndexType }),
  analyze: ({ text }) => readSentiment(text, { opinionMining: false }),
});
