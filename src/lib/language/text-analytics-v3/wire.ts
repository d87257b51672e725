import { z } from "zod";
import type { TaskKind } from "../analysis.ts";
import type { ApiVersion } from "../api-versions.ts";
import type { JobPage, TaskItem, TaskPointer } from "../generation.ts";
import { jobFields, readable, readDates, resultsSchema } from "../jobs/wire-fields.ts";

const itemSchema = z
  .looseObject({
    /** v3.2-preview.2. */
    taskName: z.string().nullish().catch(undefined),
    /** v3.1-preview.ct.1, where it repeats the name of the job. */
    name: z.string().nullish().catch(undefined),
    lastUpdateDateTime: z.unknown().optional(),
    /** v3.1-preview.ct.1 as documented; recordings of v3.1 and v3.2-preview.2 say `state`, earlier ones neither. */
    status: z.string().optional(),
    state: z.string().optional(),
    results: resultsSchema.nullish().catch(undefined),
  })
  .refine(({ status, state, results }) => status !== undefined || state !== undefined || results != null);

type WireItem = z.output<typeof itemSchema>;
const itemsSchema = readable(itemSchema);

/** Lists of tasks by name, beside counters and details. */
const listsSchema = z.record(z.string(), z.unknown());

/** The state of a job; ct.1 keeps the lists one level deeper, in `tasks.tasks`. */
const jobSchema = z.looseObject({
  ...jobFields,
  "@nextLink": z.string().nullish().catch(undefined),
  nextLink: z.string().nullish().catch(undefined),
  tasks: listsSchema.and(z.looseObject({ tasks: listsSchema.nullish() })).nullish(),
});

/**
 * Reads the state of a job.
 * @throws z.ZodError
 */
export function readJobPage(answer: unknown): JobPage {
  const job = jobSchema.parse(answer);
  const { tasks: inner, ...outer } = job.tasks ?? {};
  return {
    jobId: job.jobId,
    status: job.status,
    ...readDates(job),
    errors: job.errors.map((error) => ({ error, task: taskPointer(error.target) })),
    items: Object.entries({ ...outer, ...inner }).flatMap(([list, items]) => readList(list, items)),
    nextLink: job["@nextLink"] ?? job.nextLink ?? undefined,
  };
}

/** Counters and details stand among the lists: whatever is no list of tasks is passed over. */
function readList(list: string, items: unknown): TaskItem[] {
  if (kindOf(list) === undefined || !Array.isArray(items)) return [];
  return itemsSchema.parse(items).map((item) => readItem(list, item));
}

function readItem(list: string, item: WireItem): TaskItem {
  const { taskName, name, lastUpdateDateTime: _, status, state, results, ...rest } = item;
  const { documents = [], errors = [], statistics, ...about } = results ?? {};
  return {
    name: taskName ?? name ?? undefined,
    kind: kindOf(list),
    status: status ?? state ?? "succeeded",
    documents,
    errors,
    statistics,
    about: { ...rest, ...about },
  };
}

/** `#/tasks/customMultiClassificationTasks/0` points at the first of the tasks of that list. */
function taskPointer(target = ""): TaskPointer | undefined {
  const [, list, index] = /^#\/tasks\/(?:tasks\/)?(\w+)\/(\d+)(?:\/|$)/.exec(target) ?? [];
  const kind = list === undefined ? undefined : kindOf(list);
  return kind === undefined ? undefined : { index: Number(index), kind };
}

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
function kindOf(list: string): TaskKind | undefined {
  return KINDS.get(list);
}
