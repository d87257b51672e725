import { z } from "zod";
import type { DocumentAnswer, ServiceError, TaskKind } from "../analysis.ts";
import type { WireDocument } from "../generation.ts";

const warningSchema = z.looseObject({ code: z.string().catch("Unknown"), message: z.string().catch("") });

/** What stands around every kind of answer. It is beside the point of the answer, so no form of it spoils the answer. */
const edgeSchema = z.looseObject({
  id: z.string(),
  warnings: z
    .array(z.unknown())
    .catch([])
    .transform((warnings) => warnings.flatMap((warning) => warningSchema.safeParse(warning).data ?? [])),
  statistics: z.looseObject({ charactersCount: z.int(), transactionsCount: z.int() }).optional().catch(undefined),
});

/**
 * Reads what a task says about one document into the fields of a result: classes under one name, refs local to the
 * answer, everything else as it came.
 * @returns an error of ours in place of an answer without what the kind of task is asked for
 */
export function readDocument(kind: TaskKind, wire: WireDocument): DocumentAnswer | ServiceError {
  const edge = edgeSchema.safeParse(localRefs(wire));
  if (!edge.success) return unreadable(wire, edge.error);
  const { id: _, warnings, statistics, ...fields } = edge.data;
  const schema = isInFiles(fields) ? fileAnswerSchema : contentSchema(kind);
  const content = schema.safeParse(isClassification(kind) ? withClasses(fields) : fields);
  if (!content.success) return unreadable(wire, content.error);
  return { content: content.data, warnings, statistics };
}

/** Where a file is that the service reads or has written. */
const locationSchema = z.looseObject({ location: z.url() });

/** An answer on the wire of native documents: it names the files that hold the rest. */
export const fileAnswerSchema = z.looseObject({ source: locationSchema, target: z.array(locationSchema).min(1) });

/** The texts' wires have no such fields. */
function isInFiles({ source, target }: Record<string, unknown>): boolean {
  return source !== undefined && target !== undefined;
}

/** True for an answer, false for the error that stands in its place. */
export function isAnswer(outcome: DocumentAnswer | ServiceError): outcome is DocumentAnswer {
  return "content" in outcome;
}

function isClassification(kind: TaskKind): boolean {
  return kind === "CustomSingleLabelClassification" || kind === "CustomMultiLabelClassification";
}

/** `class` (current wire), `classes` (ct.1), `classification` and `classifications` (v3.2-preview.2). */
function withClasses(fields: Record<string, unknown>): Record<string, unknown> {
  const { class: current, classes, classification, classifications, ...rest } = fields;
  const found = classes ?? current ?? classifications ?? classification;
  return { classes: Array.isArray(found) || found === undefined ? found : [found], ...rest };
}

/** What was paid for stays with the error, as it came. */
function unreadable(answer: WireDocument, error: z.ZodError): ServiceError {
  const [issue] = error.issues;
  const message = `The service's answer about this document is not what this task answers (${issue?.path.join(".")}: ${issue?.message})`;
  return { code: "UnreadableAnswer", message, answer };
}

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
function contentSchema(kind: TaskKind): z.ZodType<Record<string, unknown>> {
  return CONTENT[kind];
}

/** Fields that hold a JSON pointer into the answer. */
const POINTERS: ReadonlySet<string> = new Set(["ref", "targetRef"]);

/** `#/results/documents/3/entities/1` or `#/documents/3/entities/1`: everything up to the document is dropped. */
const TO_A_DOCUMENT = /^#\/(?:.*\/)?documents\/\d+\//;

/**
 * The same value with every pointer into a document of the answer made local to that document: `#/entities/1`,
 * `#/sentences/0/assessments/2`. The service counts documents within its page, which nobody else knows.
 */
export function localRefs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(localRefs);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      key,
      POINTERS.has(key) && typeof field === "string" ? field.replace(TO_A_DOCUMENT, "#/") : localRefs(field),
    ]),
  );
}
