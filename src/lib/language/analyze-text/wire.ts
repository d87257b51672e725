import { z } from "zod";
import type { JobPage } from "../generation.ts";
import { jobFields, readItem, readJob } from "../jobs/wire-fields.ts";

/**
 * The state of a job; a failed one may lack tasks (`AnalyzeTextJobState` of the specification, and recorded traffic of
 * the SDKs).
 */
const jobSchema = z.looseObject({
  ...jobFields,
  nextLink: z.string().nullish().catch(undefined),
  tasks: z.looseObject({ items: z.array(z.unknown()).nullish() }).nullish(),
});

/**
 * Reads the state of a job.
 * @throws z.ZodError
 */
export function readJobPage(answer: unknown): JobPage {
  const job = jobSchema.parse(answer);
  return {
    ...readJob(job),
    items: (job.tasks?.items ?? []).map((item) => readItem(item)),
    nextLink: job.nextLink ?? undefined,
  };
}
