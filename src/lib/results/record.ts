import { z } from "zod";
import { type DocumentInfo, ENCODING_SOURCES, type ReadingCandidate } from "../documents/document.ts";

/** Version of the shape of result files and failure records; a new minor version only adds fields. */
export const SCHEMA_VERSION = "1.0";

/** The `document` part of every record. */
export const documentSchema = z.looseObject({
  container: z.string(),
  /** Blob name, whole, even where the record's own name is shortened. */
  name: z.string(),
  /** The version of the document; empty when it was gone before it could be read. */
  etag: z.string(),
  lastModified: z.string().optional(),
  contentType: z.string().optional(),
  bytes: z.number().optional(),
  /** How the bytes were read: in which encoding, how it was known, and how many characters were damaged (U+FFFD), if any. */
  encoding: z.object({ name: z.string(), source: z.enum(ENCODING_SOURCES), damaged: z.number().optional() }).optional(),
  /** What kind of file it is; absent: plain text. */
  format: z.string().optional(),
  /** How its name or declared type speak of another format than its content, in words. */
  formatClash: z.string().optional(),
  /** The analysed text, where that is not the document itself: `<container>/<blob name>`. */
  textFile: z.string().optional(),
  /** UTF-16 code units of the analysed text. */
  characters: z.number().optional(),
  /** Where each page or slide begins in the analysed text; UTF-16 code units. */
  pages: z.array(z.number()).optional(),
  /** Where each paragraph of a Word document begins in it. */
  paragraphs: z.array(z.number()).optional(),
  language: z.string().optional(),
  /** What the service said of the language, in a pipeline that has it detected. */
  detectedLanguage: z.object({ name: z.string(), confidenceScore: z.number() }).optional(),
  /** In how many parts the document was sent. */
  chunks: z.number().optional(),
});

/** Why a task gave no answer. */
const taskErrorSchema = z.looseObject({
  /** The most specific code that the service gave, or one of ours. */
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  /** The part of the document that it is about, when the document was sent in several; UTF-16 code units. */
  chunk: z.object({ offset: z.number(), length: z.number() }).optional(),
  /** The error as the service gave it, where that says more. */
  service: z.looseObject({}).optional(),
});

/** Of the form below in the kinds that have it; another kind may use the name in its own way, and what came is kept. */
const listOf = <Item extends z.ZodType>(item: Item) => z.array(item).optional().catch(undefined);

const answerFields = {
  status: z.enum(["succeeded", "failed", "cancelled"]),
  classes: listOf(z.looseObject({ category: z.string(), confidenceScore: z.number() })),
  entities: listOf(z.looseObject({})),
  relations: listOf(z.looseObject({ relationType: z.string() })),
  warnings: z.array(z.looseObject({ code: z.string(), message: z.string() })),
  statistics: z.looseObject({ charactersCount: z.number(), transactionsCount: z.number() }).optional(),
  error: taskErrorSchema.optional(),
};

/** What one task said about a document: the fields of its kind beside these, and whatever else the service sent. */
const taskResultSchema = z.looseObject({
  name: z.string(),
  kind: z.string(),
  ...answerFields,
  /** What it said about each part, when the document was sent in several. */
  chunks: z.array(z.looseObject({ offset: z.number(), length: z.number(), ...answerFields })).optional(),
});

export type RecordDocument = z.infer<typeof documentSchema>;
export type TaskError = z.infer<typeof taskErrorSchema>;
export type TaskResult = z.infer<typeof taskResultSchema>;

/** What a document cost. */
const usageSchema = z.looseObject({
  /** What is billed: 1,000 characters of text, for each task. */
  textRecords: z.number(),
  /** How many of them found out the document's language. */
  languageDetection: z.number().optional(),
  /** True when the service did not say, and it was reckoned from the text's length. */
  estimated: z.literal(true).optional(),
});

/** The JSON that a document ends in when at least one task answered. Explained in `docs/results.md`. */
export const resultFileSchema = z.looseObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  pipeline: z.string(),
  /** partiallySucceeded: a task failed, see `tasks[].error`. */
  status: z.enum(["succeeded", "partiallySucceeded"]),
  document: documentSchema,
  tasks: z.array(taskResultSchema),
  jobs: z.array(
    z.looseObject({
      jobId: z.string(),
      apiVersion: z.string(),
      createdDateTime: z.string(),
      lastUpdatedDateTime: z.string(),
    }),
  ),
  usage: usageSchema,
  completedAt: z.string(),
});

export type ResultFile = z.infer<typeof resultFileSchema>;

/** The JSON that a document ends in when there is no result for it. Explained in `docs/results.md`. */
export const failureFileSchema = z.looseObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  pipeline: z.string(),
  status: z.literal("failed"),
  document: documentSchema,
  error: taskErrorSchema.extend({
    /** Who refused: the Language service, our own reader of documents, or the choice of a pipeline. */
    source: z.enum(["service", "reader", "routing"]),
    /** The task that failed (the first, if several did). */
    task: z.string().optional(),
    /** How the document may read, when its encoding could not be told: a short line of it in each encoding. */
    candidates: z.array(z.object({ encoding: z.string(), line: z.string() })).optional(),
  }),
  /** All tasks, when there is more to know than the one error. */
  tasks: z.array(taskResultSchema).optional(),
  /** How often the document was sent to the service. */
  attempts: z.number(),
  /** What was billed all the same: parts of the document were answered. */
  usage: usageSchema.optional(),
  failedAt: z.string(),
});

export type FailureFile = z.infer<typeof failureFileSchema>;

/** The `document` part of a record: always the same keys in the same order, so that the same facts give the same bytes. */
export function documentPart(info: DocumentInfo): RecordDocument {
  const { container, name, etag, lastModified, contentType, bytes, encoding } = info;
  const { format, formatClash, textFile, characters, language, detectedLanguage, chunks, pages, paragraphs } = info;
  const file = { container, name, etag, lastModified, contentType, bytes, encoding, format, formatClash, textFile };
  return { ...file, characters, language, detectedLanguage, chunks, pages, paragraphs };
}

/** The bytes of a record, as text: indented, since people open these files. */
export function stringifyRecord(record: ResultFile | FailureFile): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

/**
 * - `written`: the record stands.
 * - `same`: a record of this version stood already; its bytes are left as they are.
 * - `superseded`: a better record stands: of a newer version, or the result of this one where ours is a failure.
 */
export type PublishOutcome = "written" | "same" | "superseded";

/** Tells the next system that a document has ended. Called after its record stands, and again when that is not sure. */
export type TellEnd = (record: ResultFile | FailureFile, outcome: PublishOutcome) => Promise<void>;

/** Stands for the pipeline in the failure records of documents that no pipeline wants; no pipeline can have this name. */
export const UNMATCHED_PIPELINE = "_unmatched";

export interface FailureInput {
  pipeline: string;
  document: DocumentInfo;
  error: {
    code: string;
    message: string;
    hint: string;
    source: "service" | "reader" | "routing";
    task?: string;
    candidates?: readonly ReadingCandidate[] | undefined;
  };
  attempts: number;
  /** ISO 8601. */
  failedAt: string;
}

/** Makes the failure record of a document that never got as far as an answer. */
export function buildFailure({ pipeline, document, error, attempts, failedAt }: FailureInput): FailureFile {
  const { code, message, hint, source, task, candidates = [] } = error;
  const doubt = candidates.length > 0 ? { candidates: [...candidates] } : {};
  return {
    schemaVersion: SCHEMA_VERSION,
    pipeline,
    status: "failed",
    document: documentPart(document),
    error: { code, message, hint, source, task, ...doubt },
    attempts,
    failedAt,
  };
}
