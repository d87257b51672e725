import * as z from "zod";
import { findHealthEntities } from "./health/find-entities.ts";
import { findRelations } from "./healthcare.ts";
import { defineCustom, type Kind, stringIndexType, type TaskKind } from "./kind.ts";
import { CUSTOM_LANGUAGES, SUMMARY_LANGUAGES } from "./languages.ts";
import { readSentiment } from "./sentiment-analysis.ts";
import { summarize, summaryParameters } from "./summarization.ts";

/** Classes of a trained project. Both kinds answer with an array named `class`; for several labels it may be empty. */
function classification(kind: TaskKind): Kind {
  return defineCustom({
    kind,
    languages: CUSTOM_LANGUAGES,
    parameters: z.object({}),
    analyze: ({ text }, model) => ({ class: model.type === "classifier" ? model.classify(text) : [] }),
  });
}

export const customSingleLabelClassification = classification("CustomSingleLabelClassification");
export const customMultiLabelClassification = classification("CustomMultiLabelClassification");

/** Entities of a trained project. */
export const customEntityRecognition = defineCustom({
  kind: "CustomEntityRecognition",
  languages: CUSTOM_LANGUAGES,
  parameters: z.object({ stringIndexType }),
  analyze({ text }, model) {
    const found = model.type === "tagger" ? model.tag(text) : [];
    return {
      entities: found.map(({ text: name, category, offset, length, confidenceScore }) => ({
        text: name,
        category,
        offset,
        length,
        confidenceScore,
      })),
    };
  },
});

/** The prebuilt health answer and the entities of a health project in one list, each saying which component found it. */
export const customHealthcare = defineCustom({
  kind: "CustomHealthcare",
  languages: CUSTOM_LANGUAGES,
  parameters: z.object({ stringIndexType }),
  analyze({ text }, model) {
    const own = model.type === "tagger" ? model.tag(text) : [];
    const prebuilt = findHealthEntities(text, { temporality: true });
    const relations = findRelations(text, prebuilt);
    const entities = [
      ...prebuilt.map((entity) => ({
        ...entity,
        entityComponentInformation: [{ entityComponentKind: "PrebuiltComponent", value: entity.category }],
      })),
      ...own.map(({ components, ...entity }) => ({ ...entity, entityComponentInformation: components })),
    ];
    return { entities, relations };
  },
});

/** Feeling of a text and its sentences by a project's model, without opinions; here by the rules of the prebuilt kind. */
export const customSentimentAnalysis = defineCustom({
  kind: "CustomSentimentAnalysis",
  languages: CUSTOM_LANGUAGES,
  parameters: z.object({ stringIndexType }),
  analyze: ({ text }) => readSentiment(text, { opinionMining: false }),
});

/** A summary by a project's model; here by the rules of the prebuilt kind. */
export const customAbstractiveSummarization = defineCustom({
  kind: "CustomAbstractiveSummarization",
  languages: SUMMARY_LANGUAGES,
  parameters: summaryParameters,
  analyze: ({ text }, _model, parameters) => summarize(text, parameters),
});
