import type { ServiceError } from "../../language/analysis.ts";
import { classifyServiceError } from "../../language/errors/classify.ts";
import { LanguageError } from "../../language/errors/language-error.ts";
import type { ChunkOutcome } from "../../results/merge/parts.ts";
import { readFacts, writeText } from "../../storage/blobs.ts";
import type { LaneSession } from "../lane-session.ts";
import { blameOf, failedAnswers } from "../policy/answers.ts";
import type { Interruption } from "../policy/next-step.ts";
import { type BatchJob, prepareAgain, splitJob } from "../store/batch-progress.ts";
import { workNames } from "../store/names.ts";
import { type JobAnswers, readAnswers, storeAnswers } from "../store/stored-jobs.ts";
import { addCanary } from "./canary.ts";
import type { LostJob } from "./poll-queue.ts";
import { finishJob } from "./publish.ts";

/** True when a task said something about a text: a service that refuses a document works as well as one that answers. */
export function isAnswer({ error }: ChunkOutcome): boolean {
  return error === undefined || blameOf(error) === "document";
}

/** Remembers which tasks answer. */
export function recordAnswers(session: LaneSession, answers: JobAnswers): void {
  const now = session.iso();
  for (const outcome of Object.values(answers.chunks).flat()) {
    if (isAnswer(outcome)) session.progress.answeredAt[outcome.task] = now;
  }
}

/**
 * Decides what becomes of a lost job: it is sent again. One that is lost too often, or for a reason that may be a wrong
 * setting, is not sent before the service has answered something else.
 * @returns why the lane should wait before it goes on, if it should
 */
export async function recoverLostJob(session: LaneSession, lost: LostJob): Promise<Interruption | undefined> {
  const { context, batch, progress } = session;
  const { limits, address, log } = context;
  const { job, ticket, error } = lost;
  job.attempts = Math.min(job.attempts + 1, limits.maxAttempts);
  const { id, attempts } = job;
  log({ event: "job.lost", ...address, batch: batch.id, job: id, jobId: ticket.jobId, code: error.code, attempts });

  const isUnclear = blameOf(error) === "unclear";
  if (job.canary) {
    // What failed meanwhile was no document's doing: there is one more attempt.
    for (const other of progress.jobs.filter(({ state }) => state === "doubted")) {
      other.attempts = Math.min(other.attempts, limits.maxAttempts - 1);
    }
  }
  if (!job.canary && (isUnclear || attempts >= limits.maxAttempts)) await doubt(session, lost);
  else prepareAgain(job);
  if (isUnclear) return job.canary && { kind: "blocked", error: refusedCanary(error), until: "answered" };
  const silent = progress.jobs.some(
    ({ canary, state, attempts: lost }) => canary && state !== "done" && lost >= limits.maxAttempts,
  );
  if (silent) return { kind: "blocked", error: outageError(job, error), until: "answered" };
  return { kind: "lost", error: lossError(error), until: "answered" };
}

/** Puts a job aside until the answers of others tell whether its documents are to blame. */
export async function doubt(session: LaneSession, { job, ticket, error, answers }: LostJob): Promise<void> {
  const { code, message } = error;
  Object.assign(job, { state: "doubted", ticket, doubt: { error: { code, message }, own: answers !== undefined } });
  if (answers !== undefined) await storeAnswers(session, job.id, answers);
}

/**
 * Decides about the jobs in doubt. When each of a job's tasks has answered something after the job was sent, the service
 * and the settings are well: the job is sent again, and after the last attempt its documents are to blame; those of a job
 * that does not tell them apart are found by splitting it. As long as a task has answered nothing, it is nobody's fault
 * here: a canary asks it.
 * @returns false when no job is in doubt
 */
export async function settleDoubts(session: LaneSession): Promise<boolean> {
  const { context, progress } = session;
  const doubted = progress.jobs.filter(({ state }) => state === "doubted");
  for (const job of doubted) {
    const { ticket, doubt: reason } = job;
    if (ticket === undefined || reason === undefined) throw new Error(`Nothing is known of the doubted job ${job.id}`);
    const unheard = ticket.tasks.filter(({ name }) => !((progress.answeredAt[name] ?? "") > ticket.submittedAt));
    const askable = unheard.filter(({ name }) => context.pipeline.tasks.some((task) => task.name === name));
    if (askable.length > 0)
      addCanary(
        progress.jobs,
        askable.map(({ name }) => name),
      );
    // Tasks that were taken out of the pipeline are heard no more.
    else if (unheard.length > 0 || job.attempts < context.limits.maxAttempts) prepareAgain(job);
    else if (reason.own) await finishJob(session, job, await readAnswers(session, job.id));
    else if (job.chunks.length > 1) splitJob(progress.jobs, job);
    else await finishJob(session, job, failedAnswers(job, ticket.tasks, reason.error, session.iso()));
  }
  return doubted.length > 0;
}

/** Why work that was accepted must be asked for again, for the lane's status. */
export function lossError(error: ServiceError): LanguageError {
  const { code, message, hint } = classifyServiceError(error);
  const why = `The service accepted work that came to nothing, and is asked again: ${message}`;
  return new LanguageError({ class: "transient", code, message: why, hint, quoted: message });
}

/** Waiting may not cure it any more: somebody should know. */
function outageError(job: BatchJob, error: ServiceError): LanguageError {
  const { code, message } = classifyServiceError(error);
  return new LanguageError({
    class: "blocked",
    code,
    message: `The service accepts work and answers nothing, not even about a harmless text${job.canary ? `: ${message}` : ""}`,
    hint: "Look at the health of the Azure region and of the Language resource; the lane goes on by itself. If it is one task that never answers, take that task out of the pipeline to get the answers of the others.",
  });
}

/** No document can be to blame: what the service refuses without saying why is a setting, or its own doing. */
function refusedCanary(error: ServiceError): LanguageError {
  const { code, message } = classifyServiceError(error);
  return new LanguageError({
    class: "blocked",
    code,
    message: `The service refuses even a harmless text: ${message}`,
    hint: "Compare the tasks of the pipeline in pipelines.json (parameters, deployment, apiVersion, language) with the service's documentation; the lane goes on by itself once the service accepts it.",
  });
}

/**
 * Puts a job aside that the service has taken, and will be paid for, and whose answer nobody can read. It is never sent
 * again by itself: a blob in the work container tells of it, and whoever deletes that blob has it sent again.
 */
export async function setAside(session: LaneSession, job: BatchJob, error: LanguageError): Promise<void> {
  const { context, batch } = session;
  const { code, message, hint } = error;
  if (job.unusable === undefined) {
    const { jobId, endpoint, submittedAt } = job.ticket ?? {};
    const told = { code, message, jobId, endpoint, submittedAt, documents: job.chunks.length };
    await writeText(context.containers.work, workNames.unusable(batch.id, job.id), JSON.stringify(told, null, 2));
  }
  job.state = "open";
  job.unusable = { code, message, hint };
}

/** True when somebody decided to have the job sent again, and to pay for it again. */
export async function isReleased(session: LaneSession, job: BatchJob): Promise<boolean> {
  const { context, batch } = session;
  const isThere = await readFacts(context.containers.work, workNames.unusable(batch.id, job.id));
  if (isThere !== undefined) return false;
  prepareAgain(job);
  return true;
}

/** Why the lane waits for a job that was put aside. */
export function asideInterruption({ batch, context }: LaneSession, job: BatchJob): Interruption {
  const { code = "Unreadable", message = "", hint = "" } = job.unusable ?? {};
  const blob = `${context.containers.work.containerName}/${workNames.unusable(batch.id, job.id)}`;
  const error = new LanguageError({
    class: "blocked",
    code,
    message: `${message}. Its ${job.chunks.length} texts are not sent again by themselves, since they are paid for`,
    hint: `${hint} To have them sent and paid again, delete the blob ${blob}.`,
  });
  return { kind: "blocked", error, until: "polled" };
}
