import type { PreviewWire } from "../jobs/job.ts";
import type { TaskKind } from "../kinds/kind.ts";

/** How a task says where it stands: `status` or `state`, or not at all. */
export const TASK_STATES = ["status", "state", "neither"] as const;

export type TaskState = (typeof TASK_STATES)[number];

/** How one version differs: its task lists, how it names a custom model, how its answers look. */
export interface Generation {
  readonly wire: PreviewWire;
  /** Whether its answers are known from recordings of the live service, or from documentation only. */
  readonly known: "recorded" | "documented";
  /** Task list → kind of its tasks. */
  readonly lists: Readonly<Record<string, TaskKind>>;
  /** Custom tasks name a published model, or a project and a deployment. */
  readonly modelBy: "modelId" | "deployment";
  /** Word for a job or task that went well. */
  readonly succeeded: "completed" | "succeeded";
  /** The field in which a task says how it went. */
  readonly taskState: TaskState;
  /** The field of a task's name, in requests and answers; a version without names passes them over. */
  readonly nameField: "name" | "taskName" | undefined;
  /** Tasks that were given no name are answered with one, `KeyPhraseExtraction_latest`; a job with `NA`. */
  readonly defaultNames: boolean;
  /** Two tasks of one kind and name are refused. */
  readonly uniqueNames: boolean;
  /** `details` beside the counters: with name and status, with a date only, or not there. */
  readonly details: "full" | "date" | undefined;
  /** The lists sit in a second `tasks`, beside `details` (2021). */
  readonly nested: boolean;
  /** Results say `inTerminalState` before everything else. */
  readonly terminalState: boolean;
  /** Statistics of a task are always there, but without `validDocumentsCount` unless statistics are asked for. */
  readonly alwaysStatistics: boolean;
  /** A document's answer, from how the current wire spells it. */
  shape(kind: string, content: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>;
}

const FIRST = {
  entityRecognitionTasks: "EntityRecognition",
  entityRecognitionPiiTasks: "PiiEntityRecognition",
  keyPhraseExtractionTasks: "KeyPhraseExtraction",
} as const satisfies Record<string, TaskKind>;
const LINKING = { ...FIRST, entityLinkingTasks: "EntityLinking" } as const satisfies Record<string, TaskKind>;
const PREBUILT = { ...LINKING, sentimentAnalysisTasks: "SentimentAnalysis" } as const satisfies Record<
  string,
  TaskKind
>;

/** What most versions have in common. */
const COMMON = {
  known: "recorded",
  modelBy: "deployment",
  succeeded: "succeeded",
  taskState: "state",
  nameField: "taskName",
  defaultNames: true,
  uniqueNames: false,
  details: undefined,
  nested: false,
  terminalState: false,
  alwaysStatistics: false,
  shape: (_kind: string, content: Readonly<Record<string, unknown>>) => content,
} as const;

/**
 * The versions served. Recorded: tests of azure-sdk-for-js (`lros_analyze`, December 2020 to October 2021), -python,
 * -java and -net. Documented only: v3.1-preview.ct.1 (quickstart of summer 2021; no recording is known).
 */
export const GENERATIONS: readonly Generation[] = [
  {
    ...COMMON,
    wire: "v3.1-preview.3",
    lists: FIRST,
    taskState: "neither",
    nameField: undefined,
    defaultNames: false,
    details: "date",
    terminalState: true,
  },
  { ...COMMON, wire: "v3.1-preview.4", lists: LINKING, nameField: undefined, defaultNames: false },
  { ...COMMON, wire: "v3.1", lists: PREBUILT },
  {
    ...COMMON,
    wire: "v3.1-preview.ct.1",
    known: "documented",
    lists: {
      customClassificationTasks: "CustomSingleLabelClassification",
      customMultiClassificationTasks: "CustomMultiLabelClassification",
      ...PREBUILT,
    },
    modelBy: "modelId",
    succeeded: "completed",
    taskState: "status",
    nameField: "name",
    defaultNames: false,
    details: "full",
    nested: true,
    alwaysStatistics: true,
    shape: (_kind, content) => renameClass(content, "classes", false),
  },
  {
    ...COMMON,
    wire: "v3.2-preview.2",
    lists: {
      customEntityRecognitionTasks: "CustomEntityRecognition",
      customSingleClassificationTasks: "CustomSingleLabelClassification",
      customMultiClassificationTasks: "CustomMultiLabelClassification",
      extractiveSummarizationTasks: "ExtractiveSummarization",
      ...PREBUILT,
    },
    uniqueNames: true,
    shape: (kind, content) =>
      kind === "CustomSingleLabelClassification"
        ? renameClass(content, "classification", true)
        : renameClass(content, "classifications", false),
  },
];

function renameClass(
  content: Readonly<Record<string, unknown>>,
  name: string,
  single: boolean,
): Readonly<Record<string, unknown>> {
  const { class: classes, ...rest } = content;
  if (!Array.isArray(classes)) return content;
  return { [name]: single ? classes[0] : classes, ...rest };
}
