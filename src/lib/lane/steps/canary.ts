import type { JobDocument } from "../../language/analysis.ts";
import { isNative } from "../../language/api-versions.ts";
import { isSuccess, LanguageError } from "../../language/errors/language-error.ts";
import { statedLanguage } from "../../settings/pipeline.ts";
import type { LaneSession } from "../lane-session.ts";
import { type BatchJob, newJob, type Progress, prepareAgain } from "../store/batch-progress.ts";
import { nativeCanary } from "./native-documents.ts";

const CANARY = "canary";

/** A text that no service refuses. */
export async function canaryDocument(session: LaneSession): Promise<JobDocument> {
  const { pipeline } = session.context;
  const language = statedLanguage(pipeline);
  const canary = { id: CANARY, text: "Hello.", ...(language === undefined ? {} : { language }) };
  return isNative(pipeline.apiVersion) ? nativeCanary(session, canary) : canary;
}

/**
 * Puts a job with one harmless word among the jobs of a batch: when it is answered while others come to nothing, it is
 * their documents' doing. One at a time; costs one text record for each task.
 * @param tasks names of the tasks to try
 */
export function addCanary(jobs: BatchJob[], tasks: readonly string[]): void {
  const known = jobs.find(({ canary }) => canary);
  if (known === undefined) jobs.push({ ...newJob(CANARY, CANARY, [CANARY], { tasks: [...tasks] }), canary: true });
  else if (known.state === "done") Object.assign(prepareAgain(known), { tasks: [...tasks], attempts: 0 });
  else known.tasks = [...new Set([...(known.tasks ?? []), ...tasks])];
}

/** Nobody waits for a canary once all else is over. */
export function endCanary({ jobs }: Progress): void {
  const canary = jobs.find((job) => job.canary);
  if (canary !== undefined && jobs.every((job) => job === canary || job.state === "done")) canary.state = "done";
}

/**
 * Asks the service to analyse one harmless word with the pipeline's tasks. When a refusal may blame the document as
 * well as the settings or the service, this decides it: a service that accepts the canary has refused the document.
 * Costs one text record for each task, and happens only for refusals that the service does not explain.
 * @returns why the canary is refused too; undefined when it is accepted
 */
export async function tryCanary(session: LaneSession, endpoint: string): Promise<LanguageError | undefined> {
  const { context } = session;
  const { pipeline } = context;
  try {
    await context.client(endpoint, pipeline.apiVersion).submit({
      displayName: "language-batch canary",
      documents: [await canaryDocument(session)],
      tasks: pipeline.tasks,
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof LanguageError)) throw error;
    return isSuccess(error) ? undefined : error;
  }
}
