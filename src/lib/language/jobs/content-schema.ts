import { z } from "zod";
import type { TaskKind } from "../analysis.ts";

/**
 * What later steps rely on in the answer of each kind of task; everything else is kept as it came
 * (https://learn.microsoft.com/rest/api/language/analyze-text/analyze-text-job-status, results by kind).
 */

const span = { text: z.string(), offset: z.int().nonnegative(), length: z.int().nonnegative() };

const classSchema = z.looseObject({ category: z.string(), confidenceScore: z.number() });
const entitySchema = z.looseObject({ ...span, category: z.string() });
const relationSchema = z.looseObject({
  relationType: z.string(),
  entities: z.array(z.looseObject({ ref: z.string(), role: z.string() })),
});
const opinionSchema = z.looseObject(span);
const sentimentSentenceSchema = z.looseObject({
  ...span,
  sentiment: z.string(),
  targets: z.array(opinionSchema).optional(),
  assessments: z.array(opinionSchema).optional(),
});
const linkedEntitySchema = z.looseObject({ name: z.string(), matches: z.array(z.looseObject(span)) });
const summarySchema = z.looseObject({
  text: z.string(),
  contexts: z.array(z.looseObject({ offset: span.offset, length: span.length })).optional(),
});

const classes = z.looseObject({ classes: z.array(classSchema) });
const entities = z.looseObject({ entities: z.array(entitySchema) });
const health = z.looseObject({ entities: z.array(entitySchema), relations: z.array(relationSchema).default([]) });

const CONTENT = {
  CustomSingleLabelClassification: classes,
  CustomMultiLabelClassification: classes,
  CustomEntityRecognition: entities,
  CustomHealthcare: health,
  Healthcare: health,
  EntityRecognition: entities,
  PiiEntityRecognition: z.looseObject({ redactedText: z.string().optional(), entities: z.array(entitySchema) }),
  KeyPhraseExtraction: z.looseObject({ keyPhrases: z.array(z.string()) }),
  SentimentAnalysis: z.looseObject({
    sentiment: z.string(),
    confidenceScores: z.looseObject({}),
    sentences: z.array(sentimentSentenceSchema),
  }),
  EntityLinking: z.looseObject({ entities: z.array(linkedEntitySchema) }),
  ExtractiveSummarization: z.looseObject({ sentences: z.array(z.looseObject({ ...span, rankScore: z.number() })) }),
  AbstractiveSummarization: z.looseObject({ summaries: z.array(summarySchema) }),
} satisfies Record<TaskKind, z.ZodType<Record<string, unknown>>>;

/** The schema of the fields that a task of this kind gives each document. */
export function contentSchema(kind: TaskKind): z.ZodType<Record<string, unknown>> {
  return CONTENT[kind];
}
