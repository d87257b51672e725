import type { JobDocument, ServiceError } from "../../language/analysis.ts";
import { classifyServiceError } from "../../language/errors/classify-service-error.ts";
import { LanguageError } from "../../language/errors/language-error.ts";
import type { ChunkOutcome } from "../../results/task-result.ts";
import type { Pipeline } from "../../settings/pipeline.ts";
import type { LaneContext } from "../lane-context.ts";
import type { LaneSession } from "../lane-session.ts";
import { failedAnswers } from "../policy/answers.ts";
import type { Interruption } from "../policy/next-step.ts";
import { type BatchJob, newJob, type Progress, prepareAgain, splitJob, type Ticket } from "../store/batch-progress.ts";
import type { JobAnswers } from "../store/stored-jobs.ts";
import { finishJob } from "./publish.ts";

/** A job that the service accepted and whose work is gone, or came to nothing for a reason of the service's own. */
export interface LostJob {
  job: BatchJob;
  ticket: Ticket;
  error: ServiceError;
}

/** True when a task said something about a text: a service that refuses a document works as well as one that answers. */
export function isAnswer({ error }: ChunkOutcome): boolean {
  return error === undefined || classifyServiceError(error).class === "document";
}

/** Remembers which tasks answer. */
export function recordAnswers(session: LaneSession, answers: JobAnswers): void {
  const now = session.iso();
  for (const outcome of Object.values(answers.chunks).flat()) {
    if (isAnswer(outcome)) session.progress.answeredAt[outcome.task] = now;
  }
}

/**
 * Decides what becomes of a lost job: it is sent again. Lost too often, it is split until the document that spoils it is
 * alone and fails; but only when each of its tasks answered something while it ran: as long as nothing is answered, it is
 * an outage, and no document's fault. When there is no other job to show that, a canary does.
 * @returns why the lane should wait before it goes on, if it should
 */
export async function recoverLostJob(
  session: LaneSession,
  { job, ticket, error }: LostJob,
): Promise<Interruption | undefined> {
  const { context, batch, progress } = session;
  const { limits, address, log } = context;
  job.attempts = Math.min(job.attempts + 1, limits.maxAttempts);
  const { id, attempts } = job;
  const { jobId } = ticket;
  log({ event: "job.lost", ...address, batch: batch.id, job: id, jobId, code: error.code, attempts });

  const often = !job.canary && attempts >= limits.maxAttempts;
  if (often && works(progress, ticket)) {
    if (job.chunks.length > 1) splitJob(progress.jobs, job);
    else await finishJob(session, job, failedAnswers(job, ticket.tasks, error, session.iso()));
    return undefined;
  }
  if (often) {
    const unheard = ticket.tasks.map(({ name }) => name).filter((name) => !answeredSince(progress, name, ticket));
    addCanary(progress.jobs, unheard);
  }
  prepareAgain(job);
  const silent = progress.jobs.some(
    ({ canary, state, attempts: lost }) => canary && state !== "done" && lost >= limits.maxAttempts,
  );
  if (silent) return { kind: "blocked", error: outageError(error), until: "answered" };
  return { kind: "lost", error: lossError(error), until: "answered" };
}

function works(progress: Progress, ticket: Ticket): boolean {
  return ticket.tasks.every(({ name }) => answeredSince(progress, name, ticket));
}

/** True when a task said something about some text after a job was sent. */
export function answeredSince({ answeredAt }: Progress, task: string, { submittedAt }: Ticket): boolean {
  return (answeredAt[task] ?? "") > submittedAt;
}

/** Why work that was accepted must be asked for again, for the lane's status. */
export function lossError(error: ServiceError): LanguageError {
  const { code, message, hint } = classifyServiceError(error);
  const why = `The service accepted work that came to nothing, and is asked again: ${message}`;
  return new LanguageError({ class: "transient", code, message: why, hint });
}

/** Waiting may not cure it any more: somebody should know. */
function outageError(error: ServiceError): LanguageError {
  const { code, message } = classifyServiceError(error);
  return new LanguageError({
    class: "blocked",
    code,
    message: `The service accepts work and answers nothing, not even about a harmless text: ${message}`,
    hint: "Look at the health of the Azure region and of the Language resource; the lane goes on by itself. If it is one task that never answers, take that task out of the pipeline to get the answers of the others.",
  });
}

const CANARY = "canary";

/** A text that no service refuses. */
export function canaryDocument({ language }: Pipeline): JobDocument {
  return { id: CANARY, text: "Hello.", ...(language === undefined ? {} : { language }) };
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
export async function tryCanary(context: LaneContext): Promise<LanguageError | undefined> {
  const { pipeline, endpoint } = context;
  try {
    await context.client(endpoint, pipeline.apiVersion).submit({
      displayName: "language-batch canary",
      documents: [canaryDocument(pipeline)],
      tasks: pipeline.tasks,
    });
    return undefined;
  } catch (error) {
    if (error instanceof LanguageError) return error;
    throw error;
  }
}
