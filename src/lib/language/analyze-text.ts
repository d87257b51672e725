import { z } from "zod";
import type { JobRequest } from "./analysis.ts";
import type { ApiVersion } from "./api-versions.ts";
import type { Generation, JobPage } from "./generation.ts";
import { jobFields, readItem, readJob } from "./jobs/wire-fields.ts";
import { DOCUMENTS_PER_JOB } from "./limits.ts";

/**
 * The current wire: `/language/analyze-text/jobs`, from 2022-05-01 on
 * (https://learn.microsoft.com/rest/api/language/analyze-text).
 */
export function analyzeText(version: ApiVersion): Generation {
  return {
    submitUrl: (endpoint) => at(endpoint, "", version),
    jobUrl: (endpoint, jobId) => {
      const url = at(endpoint, `/${encodeURIComponent(jobId)}`, version);
      url.searchParams.set("top", String(DOCUMENTS_PER_JOB));
      return url;
    },
    body,
    readPage: readJobPage,
  };
}

function at(endpoint: string, rest: string, version: ApiVersion): URL {
  const url = new URL(`${endpoint}/language/analyze-text/jobs${rest}`);
  url.searchParams.set("api-version", version.text);
  return url;
}

function body({ displayName, defaultLanguage, cancelAfter, documents, tasks }: JobRequest): object {
  return {
    displayName,
    defaultLanguage,
    cancelAfter,
    analysisInput: { documents },
    tasks: tasks.map(({ kind, name, parameters }) => ({ kind, taskName: name, parameters })),
  };
}

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
 * Reads the state of a job, on this wire and on that of native documents.
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
