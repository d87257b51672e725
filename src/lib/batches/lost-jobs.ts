import type { ServiceError } from "../language/analysis.ts";
import { classifyServiceError } from "../language/errors/classify-service-error.ts";
import { LanguageError } from "../language/language-error.ts";
import type { BatchContext } from "./batch-context.ts";
import { addCanary } from "./canary.ts";
import { failedAnswers, type JobAnswers } from "./chunk-answers.ts";
import { halve } from "./halve.ts";
import type { Manifest } from "./lane-file.ts";
import type { Interruption } from "./next-step.ts";
import { type BatchJob, type Progress, prepareAgain, type Ticket } from "./progress.ts";
import { settleJob } from "./settle.ts";
import type { TaskOutcome } from "./task-outcome.ts";

/** A job that the service accepted and whose work is gone, or came to nothing for a reason of the service's own. */
export interface Loss {
  job: BatchJob;
  ticket: Ticket;
  error: ServiceError;
}

/** True when a task said something about a text: a service that refuses a document works as well as one that answers. */
export function isAnswer({ error }: TaskOutcome): boolean {
  return error === undefined || classifyServiceError(error).class === "document";
}

/** Notes which tasks answer. */
export function noteAnswers(progress: Progress, answers: JobAnswers, now: number): void {
  for (const outcome of Object.values(answers.chunks).flat()) {
    if (isAnswer(outcome)) progress.answeredAt[outcome.task] = new Date(now).toISOString();
  }
}

/**
 * Decides what becomes of a lost job: it is sent again. Lost too often, it is halved until the document that spoils it is
 * alone and fails; but only when each of its tasks answered something while it ran: as long as nothing is answered, it is
 * an outage, and no document's fault. When there is no other job to show that, a canary does.
 * @returns why the lane should wait before it goes on, if it should
 */
export async function settleLoss(
  context: BatchContext,
  manifest: Manifest,
  progress: Progress,
  { job, ticket, error }: Loss,
): Promise<Interruption | undefined> {
  const { limits, address, log } = context;
  job.attempts = Math.min(job.attempts + 1, limits.maxAttempts);
  const { id, attempts } = job;
  const { jobId } = ticket;
  log({ event: "job.lost", ...address, batch: manifest.batch, job: id, jobId, code: error.code, attempts });

  const often = !job.canary && attempts >= limits.maxAttempts;
  if (often && works(progress, ticket)) {
    if (job.chunks.length > 1) {
      halve(progress.jobs, job);
    } else {
      const at = new Date(context.now()).toISOString();
      await settleJob(context, manifest, progress, job, failedAnswers(job, ticket.tasks, error, at));
    }
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
