import type { ServiceError } from "../language/analysis.ts";
import { classifyServiceError } from "../language/errors/classify-service-error.ts";
import type { JobAnswers } from "./chunk-answers.ts";
import type { BatchJob } from "./progress.ts";
import { answeringTasks, type TaskOutcome } from "./task-outcome.ts";

/** Tasks to be asked again about some of a job's chunks. */
export interface Retry {
  tasks: string[];
  /** None of the job's tasks answered about these chunks: the new job takes them over. */
  whole: boolean;
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
export function retriesOf(
  job: BatchJob,
  answers: JobAnswers,
  isFinal: (outcome: TaskOutcome) => boolean = () => false,
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
    const retry = retries.get(key) ?? { tasks, whole: tasks.length === outcomes.length, chunks: [], error };
    retry.chunks.push(chunk);
    retries.set(key, retry);
  }
  return [...retries.values()];
}

function isWorthIt({ task, error }: TaskOutcome, answered: ReadonlySet<string>): boolean {
  if (error === undefined) return false;
  const { class: errorClass } = classifyServiceError(error);
  if (errorClass === "blocked") return !answered.has(task);
  return errorClass !== "document";
}
