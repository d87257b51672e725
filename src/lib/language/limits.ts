import type { Task, TaskKind } from "./analysis.ts";
import { isNative } from "./api-versions.ts";

/** What one job may hold. */
export interface JobLimits {
  documents: number;
  /** All texts of the job together, in text elements. */
  textElements: number;
  /** All texts of the job together, in bytes of their JSON strings. */
  bodyBytes: number;
}

/** What one chunk may hold. */
export interface ChunkLimits extends Omit<JobLimits, "documents"> {
  /** How much of its predecessor a chunk repeats, in UTF-16 code units. */
  overlap: number;
}

/**
 * Documents in one asynchronous request, the same for every feature and for the previews before the current wire:
 * https://learn.microsoft.com/azure/ai-services/language-service/concepts/data-limits
 */
export const DOCUMENTS_PER_JOB = 25;

/**
 * Kinds with a limit of their own:
 * https://learn.microsoft.com/azure/ai-services/language-service/custom-text-analytics-for-health/reference/service-limits
 */
const DOCUMENTS_OF_KIND: Partial<Record<TaskKind, number>> = { CustomHealthcare: 20 };

/**
 * Text elements of all documents of one asynchronous request together; one document may use them all. Both wires:
 * https://learn.microsoft.com/azure/ai-services/language-service/concepts/data-limits#maximum-characters-per-document
 */
const TEXT_ELEMENTS = 125_000;

/**
 * "1 MB" (https://learn.microsoft.com/azure/ai-services/language-service/concepts/data-limits), which does not say of
 * which kind: the smaller one is safe.
 */
const REQUEST_BYTES = 1_000_000;

/** `{"id":"…","text":…,"language":"…"},` around each text; ids of this application are far shorter than this allows. */
const BYTES_AROUND_A_TEXT = 200;

/** `displayName`, `analysisInput` and the names around them. */
const BYTES_AROUND_A_JOB = 1_000;

/**
 * Characters in one text record, the unit of billing; each started thousand of a document counts, per feature:
 * https://learn.microsoft.com/azure/ai-services/language-service/concepts/data-limits#submitting-text-to-the-service
 */
const TEXT_RECORD_CHARACTERS = 1_000;

/** Tasks that find places in a text: a place on a cut would be lost without an overlap. */
const FINDERS: ReadonlySet<TaskKind> = new Set<TaskKind>([
  "CustomEntityRecognition",
  "CustomHealthcare",
  "Healthcare",
  "EntityRecognition",
  "PiiEntityRecognition",
  "EntityLinking",
]);

/** Our choice: several sentences, so that an entity on the cut has its surroundings in one of the two chunks. */
const OVERLAP = 1_000;

/**
 * Of native documents in one request, and their bytes together: "up to 40 documents and 10 MB"
 * (https://learn.microsoft.com/azure/ai-services/language-service/native-document-support/overview, which said 20 before 2026).
 */
const NATIVE_JOB = { documents: 40, bytes: 10_000_000 };

/** What one job of a pipeline may hold; the strictest of its tasks decides. Native documents count by their bytes alone. */
export function jobLimits({ tasks, apiVersion }: { tasks: readonly Task[]; apiVersion: string }): JobLimits {
  if (isNative(apiVersion)) {
    const { documents, bytes } = NATIVE_JOB;
    return { documents, textElements: Number.MAX_SAFE_INTEGER, bodyBytes: bytes };
  }
  const documents = Math.min(
    DOCUMENTS_PER_JOB,
    ...tasks.map(({ kind }) => DOCUMENTS_OF_KIND[kind] ?? DOCUMENTS_PER_JOB),
  );
  const taskBytes = Buffer.byteLength(JSON.stringify(tasks));
  const bodyBytes = REQUEST_BYTES - BYTES_AROUND_A_JOB - documents * BYTES_AROUND_A_TEXT - 2 * taskBytes;
  return { documents, textElements: TEXT_ELEMENTS, bodyBytes };
}

/** How many waiting documents fill a job. A file of rows, or a part of one, does alone. */
export function documentsPerJob(pipeline: { tasks: readonly Task[]; apiVersion: string; rows?: unknown }): number {
  return pipeline.rows === undefined ? jobLimits(pipeline).documents : 1;
}

/** What one chunk may hold: the service lets a single document use up the whole job. */
export function chunkLimits(pipeline: { tasks: readonly Task[]; apiVersion: string }): ChunkLimits {
  const { textElements, bodyBytes } = jobLimits(pipeline);
  return { textElements, bodyBytes, overlap: pipeline.tasks.some(({ kind }) => FINDERS.has(kind)) ? OVERLAP : 0 };
}

/** Text records that the analysis of a text of this length costs for each task. */
export function textRecords(textElements: number): number {
  return Math.max(1, Math.ceil(textElements / TEXT_RECORD_CHARACTERS));
}
