import type { JobState, ServiceError, TaskAnswer } from "../../language/analysis.ts";
import { classifyServiceError } from "../../language/errors/classify.ts";
import type { ErrorClass } from "../../language/errors/language-error.ts";
import type { ChunkOutcome } from "../../results/merge/parts.ts";
import type { BatchJob, Ticket } from "../store/batch-progress.ts";
import type { JobAnswers } from "../store/stored-jobs.ts";

/** Sorts the answers of a finished job by chunk. A chunk that a task left out counts as failed, never as answered. */
export function answersOf(job: BatchJob, ticket: Ticket, state: JobState): JobAnswers {
  /** An error about a document that the job does not have is about none more than about another. */
  const ofAll = ({ errors }: TaskAnswer) => [...errors].find(([id]) => !job.chunks.includes(id))?.[1];
  const outcomes = job.chunks.map((chunk) => [
    chunk,
    state.tasks.map((task) => outcomeOf(task, chunk, ofAll(task) ?? state.errors[0])),
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

function outcomeOf(task: TaskAnswer, chunk: string, ofAll: ServiceError | undefined): ChunkOutcome {
  const about = { kind: task.kind, ...task.about };
  const answer = task.documents.get(chunk);
  if (answer !== undefined) return { task: task.name, status: "succeeded", about, answer };
  const error = task.errors.get(chunk) ??
    task.error ??
    ofAll ?? {
      code: "MissingAnswer",
      message: `Task "${task.name}" ended without an answer for this document`,
    };
  return { task: task.name, status: task.status === "cancelled" ? "cancelled" : "failed", about, error };
}

/** The tasks that answered about one chunk of a job or more. */
function answeringTasks(chunks: Record<string, ChunkOutcome[]>): ReadonlySet<string> {
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
 * What the error of a task or document means.
 * - `blocked`, `throttled`, `transient`: as the class of the error says;
 * - `unclear`: it may be the document's fault, a setting's or the service's: a canary tells;
 * - `document`: surely the document's own.
 */
export type Blame = Exclude<ErrorClass, "document"> | "unclear" | "document";

export function blameOf(error: ServiceError): Blame {
  const { class: errorClass, certain, code } = classifyServiceError(error);
  // Where it is the pipeline's language, the answers say so by now; else it is the text's own.
  if (code === "UnsupportedLanguageCode") return "document";
  return certain || errorClass !== "document" ? errorClass : "unclear";
}

/** What must be put right counts first, then what may have to be. */
const RANK: readonly Blame[] = ["blocked", "throttled", "unclear", "transient"];

/** The error of a job in which no task answered anything and no document is surely to blame, and what it means. */
export function jobFailure({ chunks }: JobAnswers): { error: ServiceError; blame: Blame } | undefined {
  const failures = Object.values(chunks)
    .flat()
    .map(({ error }) => error && { error, blame: blameOf(error) });
  if (failures.some((failure) => failure === undefined || failure.blame === "document")) return undefined;
  return RANK.flatMap((rank) => failures.find((failure) => failure?.blame === rank) ?? [])[0];
}

/** Tasks to be asked again about some of a job's chunks. */
export interface Retry {
  tasks: string[];
  /** None of the job's tasks answered about these chunks: the new job takes them over. */
  wholeJob: boolean;
  chunks: string[];
  /** Why, of the first of them. */
  error: ServiceError;
  blame: Blame;
}

/**
 * What of a job's answers is worth asking again: all that is not surely the document's own. Chunks with the same tasks to
 * ask, for reasons of the same kind, share a job.
 */
export function planRetries(job: BatchJob, answers: JobAnswers): Retry[] {
  const retries = new Map<string, Retry>();
  for (const chunk of job.chunks) {
    const outcomes = answers.chunks[chunk] ?? [];
    const again = outcomes.flatMap(({ task, error }) => {
      const blame = error && blameOf(error);
      return blame === undefined || blame === "document" ? [] : [{ task, error, blame }];
    });
    const [first] = RANK.flatMap((rank) => again.find(({ blame }) => blame === rank) ?? []);
    if (first?.error === undefined) continue;
    const tasks = again.map(({ task }) => task);
    const { error, blame } = first;
    const key = JSON.stringify([tasks, blame]);
    const retry = retries.get(key) ?? { tasks, wholeJob: tasks.length === outcomes.length, chunks: [], error, blame };
    retry.chunks.push(chunk);
    retries.set(key, retry);
  }
  return [...retries.values()];
}
