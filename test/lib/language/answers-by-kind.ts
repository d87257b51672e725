import type { TaskKind } from "../../../src/lib/language/analysis.ts";

const SPAN = { text: "Anna", offset: 0, length: 4 };
const ENTITY = { ...SPAN, category: "Person", confidenceScore: 0.98 };
const SCORES = { positive: 0.9, neutral: 0.1, negative: 0 };

/** For each kind of task: what the service says of a document, and what it must become where that differs. */
export const ANSWERS: Record<TaskKind, { wire: Record<string, unknown>; content?: Record<string, unknown> }> = {
  CustomSingleLabelClassification: {
    wire: { class: [{ category: "billing", confidenceScore: 0.93 }] },
    content: { classes: [{ category: "billing", confidenceScore: 0.93 }] },
  },
  CustomMultiLabelClassification: {
    wire: { class: [] },
    content: { classes: [] },
  },
  CustomEntityRecognition: { wire: { entities: [ENTITY] } },
  CustomHealthcare: {
    wire: {
      entities: [
        { ...ENTITY, entityComponentInformation: [{ entityComponentKind: "learnedComponent" }] },
        {
          ...ENTITY,
          category: "MedicationName",
          assertion: { certainty: "negative" },
          name: "ibuprofen",
          links: [{ dataSource: "UMLS", id: "C0020740" }],
          entityComponentInformation: [{ entityComponentKind: "prebuiltComponent" }],
        },
      ],
      relations: [relation("#/documents/0/entities/1")],
    },
    content: {
      entities: [
        { ...ENTITY, entityComponentInformation: [{ entityComponentKind: "learnedComponent" }] },
        {
          ...ENTITY,
          category: "MedicationName",
          assertion: { certainty: "negative" },
          name: "ibuprofen",
          links: [{ dataSource: "UMLS", id: "C0020740" }],
          entityComponentInformation: [{ entityComponentKind: "prebuiltComponent" }],
        },
      ],
      relations: [relation("#/entities/1")],
    },
  },
  CustomSentimentAnalysis: {
    wire: { sentiment: "neutral", confidenceScores: SCORES, sentences: [{ ...SPAN, sentiment: "neutral" }] },
  },
  CustomAbstractiveSummarization: {
    wire: { summaries: [{ text: "Anna.", contexts: [{ offset: 0, length: 4 }] }] },
  },
  Healthcare: {
    wire: {
      entities: [ENTITY],
      relations: [relation("#/results/documents/0/entities/0")],
      fhirBundle: { resourceType: "Bundle", id: "b", entry: [{ fullUrl: "Composition/1" }] },
    },
    content: {
      entities: [ENTITY],
      relations: [relation("#/entities/0")],
      fhirBundle: { resourceType: "Bundle", id: "b", entry: [{ fullUrl: "Composition/1" }] },
    },
  },
  EntityRecognition: {
    wire: {
      entities: [{ ...ENTITY, type: "Person", tags: [{ name: "Person", confidenceScore: 1 }], metadata: { x: 1 } }],
    },
  },
  PiiEntityRecognition: { wire: { redactedText: "****", entities: [ENTITY] } },
  KeyPhraseExtraction: { wire: { keyPhrases: ["Anna"] } },
  SentimentAnalysis: {
    wire: sentiment("#/documents/0/sentences/0/assessments/0"),
    content: sentiment("#/sentences/0/assessments/0"),
  },
  EntityLinking: {
    wire: {
      entities: [
        {
          name: "Anna",
          matches: [{ ...SPAN, confidenceScore: 0.5 }],
          language: "en",
          url: "https://en.wikipedia.org/wiki/Anna",
          dataSource: "Wikipedia",
        },
      ],
    },
  },
  ExtractiveSummarization: { wire: { sentences: [{ ...SPAN, rankScore: 1 }] } },
  AbstractiveSummarization: { wire: { summaries: [{ text: "Anna.", contexts: [{ offset: 0, length: 4 }] }] } },
};

function relation(ref: string) {
  return { relationType: "DosageOfMedication", confidenceScore: 1, entities: [{ ref, role: "Medication" }] };
}

function sentiment(ref: string) {
  const opinion = { ...SPAN, sentiment: "positive", confidenceScores: { positive: 1, negative: 0 } };
  return {
    sentiment: "positive",
    confidenceScores: SCORES,
    sentences: [
      {
        ...SPAN,
        sentiment: "positive",
        confidenceScores: SCORES,
        targets: [{ ...opinion, relations: [{ relationType: "assessment", ref }] }],
        assessments: [{ ...opinion, isNegated: false }],
      },
    ],
  };
}
