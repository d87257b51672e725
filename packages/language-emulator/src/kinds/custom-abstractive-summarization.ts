import { defineCustom } from "./kind.ts";
import { SUMMARY_LANGUAGES } from "./languages.ts";
import { summarize, summaryParameters } from "./summarization.ts";

/** A summary by a project's model; here by the rules of the prebuilt kind. */
export const customAbstractiveSummarization = defineCustom({
  kind: "CustomAbstractiveSummarization",
  languages: SUMMARY_LANGUAGES,
  parameters: summaryParameters,
  analyze: ({ text }, _model, parameters) => summarize(text, parameters),
});
