import { z } from "zod";
import type { TaskKind } from "../analysis.ts";
import type { ApiVersion } from "../api-versions.ts";
import type { JobPage, TaskItem } from "../generation.ts";
import { jobFields, kindNamed, readItem, readJob } from "../jobs/wire-fields.ts";

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
    ...readJob(job),
    items: Object.entries({ ...outer, ...inner }).flatMap(([list, items]) => readList(list, items)),
    nextLink: job["@nextLink"] ?? job.nextLink ?? undefined,
  };
}

/** Counters and details stand among the lists: whatever is no list is passed over. */
function readList(list: string, items: unknown): TaskItem[] {
  const kind = kindNamed(list);
  return Array.isArray(items) ? items.map((item) => readItem(item, kind)) : [];
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
