import { z } from "zod";
import { TASK_KINDS, type TaskKind } from "../analysis.ts";
import type { JobPage, TaskItem, TaskPointer } from "../generation.ts";
import { resultsSchema } from "../jobs/results-schema.ts";
import { serviceErrorSchema } from "../service-error.ts";

/**
 * The state of a job. The service spells the job's date in two ways, by version; a failed job may lack tasks
 * (`AnalyzeTextJobState` of the specification, and recorded traffic of the SDKs).
 */
const jobSchema = z.looseObject({
  jobId: z.string(),
  status: z.string(),
  createdDateTime: z.string(),
  lastUpdatedDateTime: z.string().optional(),
  lastUpdateDateTime: z.string().optional(),
  expirationDateTime: z.string().nullish(),
  errors: z.array(serviceErrorSchema).nullish(),
  nextLink: z.string().nullish(),
  tasks: z
    .looseObject({
      items: z
        .array(
          z.looseObject({
            kind: z.string().optional(),
            taskName: z.string().nullish(),
            lastUpdateDateTime: z.string().optional(),
            status: z.string(),
            results: resultsSchema.nullish(),
          }),
        )
        .nullish(),
    })
    .nullish(),
});

type WireItem = NonNullable<NonNullable<z.output<typeof jobSchema>["tasks"]>["items"]>[number];

/**
 * Reads the state of a job.
 * @throws z.ZodError
 */
export function readJobPage(answer: unknown): JobPage {
  const job = jobSchema.parse(answer);
  return {
    jobId: job.jobId,
    status: job.status,
    createdDateTime: job.createdDateTime,
    lastUpdatedDateTime: job.lastUpdatedDateTime ?? job.lastUpdateDateTime ?? job.createdDateTime,
    expirationDateTime: job.expirationDateTime ?? undefined,
    errors: (job.errors ?? []).map((error) => ({ error, task: taskPointer(error.target) })),
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
function taskKind(resultsKind = ""): TaskKind | undefined {
  const kind = resultsKind.replace(/LROResults$/, "");
  return TASK_KINDS.find((known) => known === kind);
}

/** `#/tasks/items/2` points at the third task asked. */
function taskPointer(target = ""): TaskPointer | undefined {
  const index = /^#\/tasks\/items\/(\d+)(?:\/|$)/.exec(target)?.[1];
  return index === undefined ? undefined : { index: Number(index) };
}
