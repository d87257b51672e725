import type { JobState, ServiceError, TaskAnswer } from "../../language/analysis.ts";
import { classifyServiceError } from "../../language/errors/classify-service-error.ts";
import type { ChunkOutcome } from "../../results/task-result.ts";
import type { BatchJob, Ticket } from "../store/batch-progress.ts";
import type { JobAnswers } from "../store/stored-jobs.ts";

/** Sorts the answers of a finished job by chunk. A chunk that a task left out counts as failed, never as answered. */
export function answersOf(job: BatchJob, ticket: Ticket, state: JobState): JobAnswers {
  const outcomes = job.chunks.map((chunk) => [
    chunk,
    state.tasks.map((task) => outcomeOf(task, chunk, state.errors[0])),
  ]);
  return {
    job: {
      jobId: state.jobId,
      apiVersion: ticket.apiVersion,
      createdDateTime: state.createdDateTime,
      lastUpdatedDateTime: state.lastUpdatedDateTime,
    },
    at: state.lastUpdatedDateTime,
    attempts: job.attempts + 1,
    ...(ticket.language === undefined ? {} : { language: ticket.language }),
    chunks: blamePipelineLanguage(Object.fromEntries(outcomes), ticket),
  };
}

/** Every task of every chunk failed with the same error. */
export function failedAnswers(
  job: BatchJob,
  tasks: readonly { name: string }[],
  error: ServiceError,
  at: string,
): JobAnswers {
  const outcomes = tasks.map<ChunkOutcome>(({ name }) => ({ task: name, status: "failed", about: {}, error }));
  const chunks = Object.fromEntries(job.chunks.map((chunk) => [chunk, outcomes]));
  return { at, attempts: job.attempts, chunks };
}

function outcomeOf(task: TaskAnswer, chunk: string, jobError: ServiceError | undefined): ChunkOutcome {
  const about = { kind: task.kind, ...task.about };
  const answer = task.documents.get(chunk);
  if (answer !== undefined) return { task: task.name, status: "succeeded", about, answer };
  const error = task.errors.get(chunk) ??
    task.error ??
    jobError ?? {
      code: "MissingAnswer",
      message: `Task "${task.name}" ended without an answer for this document`,
    };
  return { task: task.name, status: task.status === "cancelled" ? "cancelled" : "failed", about, error };
}

/** The tasks that answered about one chunk of a job or more. */
export function answeringTasks(chunks: Record<string, ChunkOutcome[]>): ReadonlySet<string> {
  const answers = Object.values(chunks)
    .flat()
    .filter(({ error }) => error === undefined);
  return new Set(answers.map(({ task }) => task));
}

/** The service finds out the language of each text: what it does not know is that text's own. */
const DETECTED = "auto";

/**
 * Puts the blame for an unsupported language where it belongs: when the pipeline set it and a task took no text at all in
 * it, it is the setting, which no other document would fare better with. The lane then waits, as for any wrong setting.
 */
export function blamePipelineLanguage(
  chunks: Record<string, ChunkOutcome[]>,
  { language }: Pick<Ticket, "language">,
): Record<string, ChunkOutcome[]> {
  if (!language || language === DETECTED) return chunks;
  const answered = answeringTasks(chunks);
  const blame = (outcome: ChunkOutcome): ChunkOutcome => {
    const { task, error } = outcome;
    if (error === undefined || answered.has(task)) return outcome;
    const { code, message } = classifyServiceError(error);
    if (code !== "UnsupportedLanguageCode") return outcome;
    const words = `Task "${task}" does not take the language of the pipeline, "${language}": ${message}`;
    return { ...outcome, error: { code: "UnsupportedPipelineLanguage", message: words } };
  };
  return Object.fromEntries(Object.entries(chunks).map(([chunk, all]) => [chunk, all.map(blame)]));
}

/**
 * The error of a job in which no task answered anything and no document is to blame. Tasks may have failed in different
 * ways: what must be put right counts first.
 */
export function jobFailure(answers: JobAnswers): ServiceError | undefined {
  const errors = Object.values(answers.chunks)
    .flat()
    .map(({ error }) => error);
  const failed = errors.filter((error) => error !== undefined);
  if (failed.length < errors.length) return undefined;
  const classes = failed.map((error) => classifyServiceError(error).class);
  if (classes.includes("document")) return undefined;
  return failed[classes.indexOf("blocked")] ?? failed[classes.indexOf("throttled")] ?? failed[0];
}

/** Tasks to be asked again about some of a job's chunks. */
export interface Retry {
  tasks: string[];
  /** None of the job's tasks answered about these chunks: the new job takes them over. */
  wholeJob: boolean;
  chunks: string[];
  /** Why, of the first of them. */
  error: ServiceError;
}

/**
 * What of a job's answers is worth asking again: tasks that failed for a reason of the service's own, and tasks that
 * answered about no chunk of the job because a setting is wrong, so that the lane waits until that is put right. What a
 * task says of one document alone is final. Chunks with the same tasks to ask share a job.
 * @param isFinal what was asked often enough
 */
export function planRetries(
  job: BatchJob,
  answers: JobAnswers,
  isFinal: (outcome: ChunkOutcome) => boolean = () => false,
): Retry[] {
  const answered = answeringTasks(answers.chunks);
  const retries = new Map<string, Retry>();
  for (const chunk of job.chunks) {
    const outcomes = answers.chunks[chunk] ?? [];
    const again = outcomes.filter((outcome) => isWorthIt(outcome, answered) && !isFinal(outcome));
    const error = again[0]?.error;
    if (error === undefined) continue;
    const tasks = again.map(({ task }) => task);
    const key = JSON.stringify(tasks);
    const retry = retries.get(key) ?? { tasks, wholeJob: tasks.length === outcomes.length, chunks: [], error };
    retry.chunks.push(chunk);
    retries.set(key, retry);
  }
  return [...retries.values()];
}

function isWorthIt({ task, error }: ChunkOutcome, answered: ReadonlySet<string>): boolean {
  if (error === undefined) return false;
  const { class: errorClass } = classifyServiceError(error);
  if (errorClass === "blocked") return !answered.has(task);
  return errorClass !== "document";
}
