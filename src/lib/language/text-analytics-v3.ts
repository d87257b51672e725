import { z } from "zod";
import type { JobRequest, Task, TaskKind } from "./analysis.ts";
import type { ApiVersion } from "./api-versions.ts";
import type { Generation, JobPage, TaskItem } from "./generation.ts";
import { jobFields, kindNamed, readItem, readJob } from "./jobs/wire-fields.ts";
import { DOCUMENTS_PER_JOB } from "./limits.ts";

/**
 * The previews before the current wire, `/text/analytics/<version>/analyze`: v3.1-preview.ct.1, which names a model by
 * its `modelId`, and v3.2-preview.2. Tasks are grouped in lists by kind, and the version is part of the path.
 */
export function textAnalyticsV3(version: ApiVersion): Generation {
  const at = (endpoint: string, rest: string) => new URL(`${endpoint}/text/analytics/${version.text}/analyze${rest}`);
  return {
    submitUrl: (endpoint) => at(endpoint, ""),
    jobUrl: (endpoint, jobId) => {
      const url = at(endpoint, `/jobs/${encodeURIComponent(jobId)}`);
      // The description of ct.1 has no paging.
      if (version.text !== "v3.1-preview.ct.1") url.searchParams.set("$top", String(DOCUMENTS_PER_JOB));
      return url;
    },
    body: (request) => body(request, version),
    readPage: readJobPage,
  };
}

function body({ displayName, documents, tasks }: JobRequest, version: ApiVersion): object {
  const lists: Record<string, object[]> = {};
  for (const task of tasks) {
    const list = listOf(task.kind, version);
    lists[list] ??= [];
    lists[list].push(wireTask(task, version));
  }
  return { displayName, analysisInput: { documents }, tasks: lists };
}

/** ct.1 has no field for a task's name: its answers are told apart by their place in the list. */
function wireTask({ name, parameters }: Task, version: ApiVersion): object {
  const spelled = Object.fromEntries(
    Object.entries(parameters).map(([key, value]) => [SPELLINGS.get(key) ?? key, value]),
  );
  return version.text === "v3.1-preview.ct.1" ? { parameters: spelled } : { taskName: name, parameters: spelled };
}

/** Parameters that v3.2-preview.2 spells with a hyphen (its specification, `CustomEntitiesTask`, `EntitiesTask`). */
const SPELLINGS: ReadonlyMap<string, string> = new Map([
  ["projectName", "project-name"],
  ["deploymentName", "deployment-name"],
  ["modelVersion", "model-version"],
]);

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
function readJobPage(answer: unknown): JobPage {
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
function listOf(kind: TaskKind, version: ApiVersion): string {
  if (version.text === "v3.1-preview.ct.1" && kind === "CustomSingleLabelClassification") return CT1_SINGLE;
  const list = LISTS[kind];
  if (list === undefined) throw new RangeError(`${version.text} has no list of tasks for ${kind}`);
  return list;
}
