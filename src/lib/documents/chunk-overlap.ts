import type { Task, TaskKind } from "../language/analysis.ts";

/** Tasks that find things at places in the text: what lies across a cut must be whole in one of the two chunks. */
const FINDS_PLACES: ReadonlySet<TaskKind> = new Set([
  "CustomEntityRecognition",
  "CustomHealthcare",
  "Healthcare",
  "EntityRecognition",
  "PiiEntityRecognition",
  "EntityLinking",
]);

/**
 * Twice the longest entity that a custom model may have (500 characters,
 * https://learn.microsoft.com/azure/ai-services/language-service/custom-named-entity-recognition/service-limits), so that
 * an entity at a cut also has context around it.
 */
const OVERLAP = 1_000;

/** UTF-16 code units that neighbouring chunks of a long document share. */
export function chunkOverlap(tasks: readonly Pick<Task, "kind">[]): number {
  return tasks.some(({ kind }) => FINDS_PLACES.has(kind)) ? OVERLAP : 0;
}
