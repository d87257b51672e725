import { z } from "zod";
import type { TaskKind } from "../analysis.ts";

/**
 * The least that each kind of answer must hold to be one: what the merging of chunks and the form of records cannot do
 * without. An answer is paid for, so nothing else can spoil it: whatever is not named here is kept as it came
 * (https://learn.microsoft.com/rest/api/language/analyze-text/analyze-text-job-status, results by kind).
 */

const spanSchema = z.looseObject({ offset: z.int().nonnegative(), length: z.int().nonnegative() });

const classSchema = z.looseObject({ category: z.string(), confidenceScore: z.number() });
const relationSchema = z.looseObject({ relationType: z.string().catch("Unknown") });
const relationsSchema = z
  .array(z.unknown())
  .catch([])
  .transform((relations) => relations.flatMap((relation) => relationSchema.safeParse(relation).data ?? []));
const linkedEntitySchema = z.looseObject({ matches: z.array(spanSchema) });
const rankedSentenceSchema = spanSchema.extend({ rankScore: z.number() });

const classes = z.looseObject({ classes: z.array(classSchema) });
const entities = z.looseObject({ entities: z.array(spanSchema) });
const health = z.looseObject({ entities: z.array(spanSchema), relations: relationsSchema });
const sentiment = z.looseObject({ sentiment: z.string(), sentences: z.array(spanSchema) });
const summaries = z.looseObject({ summaries: z.array(z.looseObject({ text: z.string() })) });

const CONTENT = {
  CustomSingleLabelClassification: classes,
  CustomMultiLabelClassification: classes,
  CustomEntityRecognition: entities,
  CustomHealthcare: health,
  CustomSentimentAnalysis: sentiment,
  CustomAbstractiveSummarization: summaries,
  Healthcare: health,
  EntityRecognition: entities,
  PiiEntityRecognition: entities,
  KeyPhraseExtraction: z.looseObject({ keyPhrases: z.array(z.string()) }),
  SentimentAnalysis: sentiment,
  EntityLinking: z.looseObject({ entities: z.array(linkedEntitySchema) }),
  ExtractiveSummarization: z.looseObject({ sentences: z.array(rankedSentenceSchema) }),
  AbstractiveSummarization: summaries,
} satisfies Record<TaskKind, z.ZodType<Record<string, unknown>>>;

/** The schema of the fields that a task of this kind gives each document. */
export function contentSchema(kind: TaskKind): z.ZodType<Record<string, unknown>> {
  return CONTENT[kind];
}
