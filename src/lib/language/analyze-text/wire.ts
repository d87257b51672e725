import { z } from "zod";
import { TASK_KINDS, type TaskKind } from "../analysis.ts";
import type { JobPage, TaskItem, TaskPointer } from "../generation.ts";
import { jobFields, readable, readDates, resultsSchema } from "../jobs/wire-fields.ts";

const itemSchema = z.looseObject({
  kind: z.string().nullish().catch(undefined),
  taskName: z.string().nullish().catch(undefined),
  lastUpdateDateTime: z.unknown().optional(),
  status: z.string(),
  results: resultsSchema.nullish().catch(undefined),
});

type WireItem = z.output<typeof itemSchema>;

/**
 * The state of a job; a failed one may lack tasks (`AnalyzeTextJobState` of the specification, and recorded traffic of
 * the SDKs).
 */
const jobSchema = z.looseObject({
  ...jobFields,
  nextLink: z.string().nullish().catch(undefined),
  tasks: z.looseObject({ items: readable(itemSchema) }).nullish(),
});

/**
 * Reads the state of a job.
 * @throws z.ZodError
 */
export function readJobPage(answer: unknown): JobPage {
  const job = jobSchema.parse(answer);
  return {
    jobId: job.jobId,
    status: job.status,
    ...readDates(job),
    errors: job.errors.map((error) => ({ error, task: taskPointer(error.target) })),
    items: (job.tasks?.items ?? []).map(readItem),
    nextLink: job.nextLink ?? undefined,
  };
}

function readItem({ kind, taskName, lastUpdateDateTime: _, status, results, ...rest }: WireItem): TaskItem {
  const { documents = [], errors = [], statistics, ...about } = results ?? {};
  return {
    name: taskName ?? undefined,
    kind: taskKind(kind),
    status,
    documents,
    errors,
    statistics,
    about: { ...rest, ...about },
  };
}

/** `HealthcareLROResults` answers the task kind `Healthcare`. */
function taskKind(resultsKind: string | null | undefined): TaskKind | undefined {
  const kind = resultsKind?.replace(/LROResults$/, "");
  return TASK_KINDS.find((known) => known === kind);
}

/** `#/tasks/items/2` points at the third task asked. */
function taskPointer(target = ""): TaskPointer | undefined {
  const index = /^#\/tasks\/items\/(\d+)(?:\/|$)/.exec(target)?.[1];
  return index === undefined ? undefined : { index: Number(index) };
}
