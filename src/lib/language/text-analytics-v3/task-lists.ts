import type { TaskKind } from "../analysis.ts";
import type { ApiVersion } from "../api-versions.ts";

/** Names of the task lists of v3.2-preview.2 (`TasksState` of its specification). */
const LISTS: Partial<Record<TaskKind, string>> = {
  CustomSingleLabelClassification: "customSingleClassificationTasks",
  CustomMultiLabelClassification: "customMultiClassificationTasks",
  CustomEntityRecognition: "customEntityRecognitionTasks",
  EntityRecognition: "entityRecognitionTasks",
  PiiEntityRecognition: "entityRecognitionPiiTasks",
  KeyPhraseExtraction: "keyPhraseExtractionTasks",
  SentimentAnalysis: "sentimentAnalysisTasks",
  EntityLinking: "entityLinkingTasks",
  ExtractiveSummarization: "extractiveSummarizationTasks",
};

/** v3.1-preview.ct.1 calls the list of single-label tasks differently. */
const CT1_SINGLE = "customClassificationTasks";

const KINDS = new Map<string, TaskKind>([
  ...Object.entries(LISTS).map(([kind, list]) => [list, kind as TaskKind] as const),
  [CT1_SINGLE, "CustomSingleLabelClassification"],
]);

/**
 * The list that a task of this kind is sent in.
 * @throws RangeError for a kind that these previews do not know; `pipelines.json` is checked for that
 */
export function listOf(kind: TaskKind, version: ApiVersion): string {
  if (version.text === "v3.1-preview.ct.1" && kind === "CustomSingleLabelClassification") return CT1_SINGLE;
  const list = LISTS[kind];
  if (list === undefined) throw new RangeError(`${version.text} has no list of tasks for ${kind}`);
  return list;
}

/** The kind of task that a list holds; undefined for a list unknown to us. */
export function kindOf(list: string): TaskKind | undefined {
  return KINDS.get(list);
}
