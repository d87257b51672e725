import type { JobState, ServiceError } from "../language/analysis.ts";
import { classifyServiceError } from "../language/errors/classify-service-error.ts";
import { LanguageError } from "../language/language-error.ts";
import type { BatchContext } from "./batch-context.ts";
import { answersOf, failedAnswers, type JobAnswers } from "./chunk-answers.ts";
import { halve } from "./halve.ts";
import { wholeFailure } from "./judge-answers.ts";
import type { Manifest } from "./lane-file.ts";
import { LONGEST_ROUND_MS } from "./look-times.ts";
import { type BatchJob, newJob, readProgress, type StoredProgress, type Ticket, writeProgress } from "./progress.ts";
import { retriesOf } from "./retries-of.ts";
import { settleJob } from "./settle.ts";

/** The service keeps a job and its results for 24 hours (`expirationDateTime`); an hour more for clocks that differ. */
const JOB_LIFE_MS = 25 * 60 * 60_000;
const EXPIRED: ServiceError = { code: "JobExpired", message: "The job expired" };

/** Why looking stopped early. */
export interface Interruption {
  kind: "throttled" | "blocked";
  error: LanguageError;
}

export interface CollectOutcome {
  stored: StoredProgress;
  interruption?: Interruption | undefined;
  /** How long the jobs that ended took, by the service's own clock. */
  jobSeconds: number[];
  /** How long the longest-waiting open job has been open. */
  openSeconds: number;
}

/**
 * Looks once at each open job and publishes what is finished. The answer that says a job is done holds its results
 * too: they are never fetched twice.
 */
export async function collectJobs(context: BatchContext, manifest: Manifest): Promise<CollectOutcome> {
  const { work } = context.containers;
  let stored = await readProgress(work, manifest);
  const jobSeconds: number[] = [];
  let interruption: Interruption | undefined;
  const begun = context.now();
  for (const job of stored.progress.jobs.filter(({ state }) => state === "open")) {
    const seen = await look(context, manifest, stored, job);
    if (seen.seconds !== undefined) jobSeconds.push(seen.seconds);
    if (seen.changed) stored = await writeProgress(work, manifest.batch, stored);
    interruption = seen.interruption;
    if (interruption !== undefined || context.now() - begun > LONGEST_ROUND_MS) break;
  }
  const open = stored.progress.jobs.flatMap((job) => (job.state === "open" && job.ticket ? [job.ticket] : []));
  const oldest = Math.min(...open.map(({ submittedAt }) => Date.parse(submittedAt)));
  const openSeconds = open.length === 0 ? 0 : Math.max(0, (context.now() - oldest) / 1000);
  return { stored, interruption, jobSeconds, openSeconds };
}

interface Seen {
  changed: boolean;
  seconds?: number;
  interruption?: Interruption;
}

async function look(context: BatchContext, manifest: Manifest, stored: StoredProgress, job: BatchJob): Promise<Seen> {
  const { ticket } = job;
  if (ticket === undefined) throw new Error(`Job ${job.id} of batch ${manifest.batch} is open without a ticket`);
  let state: JobState;
  try {
    state = await context.client(ticket.endpoint, ticket.apiVersion).look(ticket, ticket.tasks);
  } catch (error) {
    if (!(error instanceof LanguageError)) throw error;
    return afterError(context, manifest, stored, job, ticket, error);
  }
  job.requests += state.requests;
  if (!state.finished) {
    const expires = state.expirationDateTime;
    const expired = expires === undefined ? isOutlived(context, ticket) : Date.parse(expires) < context.now();
    if (expired) await lose(context, manifest, stored, job, ticket, EXPIRED);
    return { changed: true };
  }
  const seconds = jobSeconds(state, (context.now() - Date.parse(ticket.submittedAt)) / 1000);
  return { ...(await finish(context, manifest, stored, job, ticket, state)), seconds };
}

/** How long a finished job took at the most: the service's times are in whole seconds, so each may hide almost one. */
function jobSeconds({ createdDateTime, lastUpdatedDateTime }: JobState, seenAfterSeconds: number): number {
  const between = (Date.parse(lastUpdatedDateTime) - Date.parse(createdDateTime)) / 1000;
  return Math.min(Math.max(0, between) + 1, Math.max(0, seenAfterSeconds));
}

async function afterError(
  context: BatchContext,
  manifest: Manifest,
  stored: StoredProgress,
  job: BatchJob,
  ticket: Ticket,
  error: LanguageError,
): Promise<Seen> {
  job.requests++;
  if (error.class === "throttled") return { changed: true, interruption: { kind: "throttled", error } };
  if (isOutlived(context, ticket)) {
    // Its results are gone wherever it was sent, be that resource wrong, out of reach or deleted by now.
    await lose(context, manifest, stored, job, ticket, EXPIRED);
    return { changed: true };
  }
  if (error.class === "blocked") return { changed: true, interruption: { kind: "blocked", error } };
  if (error.class === "document" || error.code === "JobNotFound") {
    const { code, message } = error;
    await lose(context, manifest, stored, job, ticket, { code, message });
  }
  return { changed: true };
}

function isOutlived(context: BatchContext, { submittedAt }: Ticket): boolean {
  return context.now() - Date.parse(submittedAt) > JOB_LIFE_MS;
}

/** Decides what a finished job means: answers to publish, a job to send again, or a setting to put right. */
async function finish(
  context: BatchContext,
  manifest: Manifest,
  stored: StoredProgress,
  job: BatchJob,
  ticket: Ticket,
  state: JobState,
): Promise<Seen> {
  const answers = answersOf(job, ticket, state, job.chunks);
  const failure = wholeFailure(answers);
  if (failure !== undefined) {
    const { class: errorClass, hint } = classifyServiceError(failure);
    if (errorClass === "blocked" || errorClass === "throttled") {
      prepareAgain(job);
      const error = new LanguageError({ class: errorClass, code: failure.code, message: failure.message, hint });
      return { changed: true, interruption: { kind: errorClass, error } };
    }
    if (errorClass !== "document") {
      await lose(context, manifest, stored, job, ticket, failure);
      return { changed: true };
    }
  }
  await settleWithRetries(context, manifest, stored, job, answers);
  return { changed: true };
}

/** A job whose work is gone: send it again, and when that was in vain too often, look for the document that spoils it. */
async function lose(
  context: BatchContext,
  manifest: Manifest,
  stored: StoredProgress,
  job: BatchJob,
  ticket: Ticket,
  error: ServiceError,
): Promise<void> {
  job.attempts++;
  const { jobId } = ticket;
  const { attempts, id } = job;
  context.log({
    event: "job.lost",
    ...context.address,
    batch: manifest.batch,
    job: id,
    jobId,
    code: error.code,
    attempts,
  });
  if (attempts < context.limits.maxAttempts) return prepareAgain(job);
  if (job.chunks.length > 1) return halve(stored.progress.jobs, job);
  const at = new Date(context.now()).toISOString();
  await settleJob(context, manifest, stored.progress, job, failedAnswers(job, ticket.tasks, error, at));
}

/** Publishes what was answered; tasks that failed for a chunk by no fault of its own are asked again, and no others. */
async function settleWithRetries(
  context: BatchContext,
  manifest: Manifest,
  stored: StoredProgress,
  job: BatchJob,
  answers: JobAnswers,
): Promise<void> {
  const attempts = job.attempts + 1;
  if (attempts < context.limits.maxAttempts) {
    for (const [index, { tasks, whole, chunks }] of retriesOf(job, answers).entries()) {
      const asked = whole ? job.tasks : tasks;
      stored.progress.jobs.push(newJob(`${job.id}r${index}`, job.request, chunks, { attempts, tasks: asked }));
      if (whole) job.chunks = job.chunks.filter((chunk) => !chunks.includes(chunk));
    }
  }
  await settleJob(context, manifest, stored.progress, job, answers);
}

function prepareAgain(job: BatchJob): void {
  job.state = "prepared";
  delete job.ticket;
}
