import type { Wire } from "../jobs/job.ts";
import type { TaskKind } from "../kinds/kind.ts";

/** How one preview differs: its task lists, how it names a custom model, how its answers look. */
export interface Generation {
  readonly wire: Exclude<Wire, "analyze-text">;
  /** Task list → kind of its tasks. */
  readonly lists: Readonly<Record<string, TaskKind>>;
  /** Custom tasks name a published model, or a project and a deployment. */
  readonly modelBy: "modelId" | "deployment";
  /** Word for a job or task that went well. */
  readonly succeeded: "completed" | "succeeded";
  /** The field of a task's name, in requests and answers. */
  readonly nameField: "name" | "taskName";
  /** The lists sit in a second `tasks`, beside `details` (2021). */
  readonly nested: boolean;
  /** Statistics of a task are always there, but without `validDocumentsCount` unless statistics are asked for. */
  readonly alwaysStatistics: boolean;
  /** A document's answer, from how the current wire spells it. */
  shape(kind: string, content: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>;
}

const PREBUILT = {
  entityRecognitionTasks: "EntityRecognition",
  entityRecognitionPiiTasks: "PiiEntityRecognition",
  keyPhraseExtractionTasks: "KeyPhraseExtraction",
  entityLinkingTasks: "EntityLinking",
  sentimentAnalysisTasks: "SentimentAnalysis",
} as const satisfies Record<string, TaskKind>;

function renameClass(content: Readonly<Record<string, unknown>>, name: string, single: boolean): object {
  const { class: classes, ...rest } = content;
  if (!Array.isArray(classes)) return content;
  return { [name]: single ? classes[0] : classes, ...rest };
}

/** The previews served (Microsoft documentation of 2021 and 2022, `azure-ai-text-analytics` 5.2.0-beta.2). */
export const GENERATIONS: readonly Generation[] = [
  {
    wire: "v3.1-preview.ct.1",
    lists: {
      customClassificationTasks: "CustomSingleLabelClassification",
      customMultiClassificationTasks: "CustomMultiLabelClassification",
      ...PREBUILT,
    },
    modelBy: "modelId",
    succeeded: "completed",
    nameField: "name",
    nested: true,
    alwaysStatistics: true,
    shape: (_kind, content) => ({ ...renameClass(content, "classes", false) }),
  },
  {
    wire: "v3.2-preview.2",
    lists: {
      customEntityRecognitionTasks: "CustomEntityRecognition",
      customSingleClassificationTasks: "CustomSingleLabelClassification",
      customMultiClassificationTasks: "CustomMultiLabelClassification",
      extractiveSummarizationTasks: "ExtractiveSummarization",
      ...PREBUILT,
    },
    modelBy: "deployment",
    succeeded: "succeeded",
    nameField: "taskName",
    nested: false,
    alwaysStatistics: false,
    shape: (kind, content) =>
      kind === "CustomSingleLabelClassification"
        ? { ...renameClass(content, "classification", true) }
        : { ...renameClass(content, "classifications", false) },
  },
];
