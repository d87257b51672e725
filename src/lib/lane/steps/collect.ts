import type { JobState, ServiceError } from "../../language/analysis.ts";
import { classifyServiceError } from "../../language/errors/classify-service-error.ts";
import { LanguageError } from "../../language/errors/language-error.ts";
import { deletePrefix } from "../../storage/delete-prefix.ts";
import type { HoldEnd, LaneMemory, LaneStep } from "../lane.ts";
import type { BatchContext } from "../lane-context.ts";
import { answersOf, type JobAnswers, type Retry, retriesOf, wholeFailure } from "../policy/answers.ts";
import { endHold, heldUp, type Interruption, letGo, proceed } from "../policy/next-step.ts";
import { LONGEST_ROUND_MS, learnJobSeconds, nextLookSeconds } from "../policy/poll-schedule.ts";
import {
  type BatchJob,
  countJobs,
  newJob,
  type Progress,
  prepareAgain,
  readProgress,
  type StoredProgress,
  type Ticket,
  writeProgress,
} from "../store/batch-progress.ts";
import {
  type LaneTotals,
  type Manifest,
  readLaneFile,
  type StoredLaneFile,
  workNames,
  writeLaneFile,
} from "../store/lane-file.ts";
import { publishKept, settleJob } from "./publish.ts";
import { answeredSince, endCanary, isAnswer, type Loss, lossError, noteAnswers, settleLoss } from "./recover.ts";

/** The service keeps a job and its results for 24 hours (`expirationDateTime`); an hour more for clocks that differ. */
const JOB_LIFE_MS = 25 * 60 * 60_000;
const EXPIRED: ServiceError = { code: "JobExpired", message: "The job expired" };

/** What of several interruptions is shown, and decides how long to wait. */
const RANK: readonly Interruption["kind"][] = ["throttled", "blocked", "lost", "unclear"];

export interface CollectOutcome {
  stored: StoredProgress;
  /** What the service did that may end a hold. */
  shows: HoldEnd[];
  interruption?: Interruption | undefined;
  /** How long the jobs that ended took, by the service's own clock. */
  jobSeconds: number[];
  /** How long the longest-waiting open job has been open. */
  openSeconds: number;
}

/**
 * Looks once at each open job and publishes what is finished. The answer that says a job is done holds its results
 * too: they are never fetched twice. A job that cannot be looked at does not keep the others from being looked at.
 */
export async function collectJobs(context: BatchContext, manifest: Manifest): Promise<CollectOutcome> {
  const { work } = context.containers;
  let stored = await readProgress(work, manifest);
  const seen: Seen[] = [];
  const begun = context.now();
  for (const job of openJobs(stored.progress)) {
    const one = await look(context, manifest, stored.progress, job);
    seen.push(one);
    stored = await writeProgress(work, manifest.batch, stored);
    if (one.interruption?.kind === "throttled" || context.now() - begun > LONGEST_ROUND_MS) break;
  }
  const interruptions = seen.map(({ interruption }) => interruption);
  // Last, because what the other jobs answered tells whether a lost one is the service's fault.
  const losses = seen.flatMap(({ loss }) => loss ?? []);
  for (const loss of losses) interruptions.push(await settleLoss(context, manifest, stored.progress, loss));
  endCanary(stored.progress);
  if (losses.length > 0) stored = await writeProgress(work, manifest.batch, stored);

  const submitted = stored.progress.jobs.flatMap((job) => (job.state === "open" && job.ticket ? [job.ticket] : []));
  const oldest = Math.min(...submitted.map(({ submittedAt }) => Date.parse(submittedAt)));
  return {
    stored,
    shows: [
      ...(seen.some(({ answered }) => answered) ? (["answered"] as const) : []),
      ...(interruptions.every((one) => one?.until !== "seen") ? (["seen"] as const) : []),
    ],
    interruption: RANK.flatMap((kind) => interruptions.find((one) => one?.kind === kind) ?? [])[0],
    jobSeconds: seen.flatMap(({ seconds }) => seconds ?? []),
    openSeconds: submitted.length === 0 ? 0 : Math.max(0, (context.now() - oldest) / 1000),
  };
}

/** The job that cost the fewest calls first: one that takes all of a round's time goes last in the next. */
function openJobs({ jobs }: Progress): BatchJob[] {
  return jobs.filter(({ state }) => state === "open").toSorted((one, other) => one.requests - other.requests);
}

interface Seen {
  answered?: boolean;
  seconds?: number;
  loss?: Loss;
  interruption?: Interruption | undefined;
}

async function look(context: BatchContext, manifest: Manifest, progress: Progress, job: BatchJob): Promise<Seen> {
  const { ticket } = job;
  if (ticket === undefined) throw new Error(`Job ${job.id} of batch ${manifest.batch} is open without a ticket`);
  let state: JobState;
  try {
    state = await context.client(ticket.endpoint, ticket.apiVersion).look(ticket, ticket.tasks);
  } catch (error) {
    if (!(error instanceof LanguageError)) throw error;
    job.requests++;
    return afterError(context, job, ticket, error);
  }
  job.requests += state.requests;
  if (!state.finished) {
    const expires = state.expirationDateTime;
    const expired = expires === undefined ? isOutlived(context, ticket) : Date.parse(expires) < context.now();
    return expired ? { loss: { job, ticket, error: EXPIRED } } : {};
  }
  const seconds = jobSeconds(state, (context.now() - Date.parse(ticket.submittedAt)) / 1000);
  return { ...(await finish(context, manifest, progress, job, ticket, state)), seconds };
}

/** How long a finished job took at the most: the service's times are in whole seconds, so each may hide almost one. */
function jobSeconds({ createdDateTime, lastUpdatedDateTime }: JobState, seenAfterSeconds: number): number {
  const between = (Date.parse(lastUpdatedDateTime) - Date.parse(createdDateTime)) / 1000;
  return Math.min(Math.max(0, between) + 1, Math.max(0, seenAfterSeconds));
}

function afterError(context: BatchContext, job: BatchJob, ticket: Ticket, error: LanguageError): Seen {
  const about = aboutEndpoint(context, ticket, error);
  if (error.class === "throttled") return { interruption: { kind: "throttled", error: about, until: "seen" } };
  // Its results are gone wherever it was sent, be that resource wrong, out of reach or deleted by now.
  if (isOutlived(context, ticket)) return { loss: { job, ticket, error: EXPIRED } };
  if (error.class === "blocked") return { interruption: { kind: "blocked", error: about, until: "seen" } };
  if (error.class === "document" || error.code === "JobNotFound") {
    const { code, message } = error;
    return { loss: { job, ticket, error: { code, message } } };
  }
  return { interruption: { kind: "unclear", error: about, until: "seen" } };
}

/** Says where the job is when that is not where the settings lead any more. */
function aboutEndpoint({ endpoint }: BatchContext, ticket: Ticket, error: LanguageError): LanguageError {
  if (ticket.endpoint === endpoint) return error;
  const { class: errorClass, code, status, requestId, retryAfterSeconds, certain } = error;
  return new LanguageError({
    class: errorClass,
    code,
    message: `${error.message} (asked at ${ticket.endpoint}, where this job was sent before the endpoint was changed)`,
    hint: `Let the application reach ${ticket.endpoint} until its jobs are answered. What is not answered there within 25 hours is sent anew to ${endpoint}.`,
    status,
    requestId,
    retryAfterSeconds,
    certain,
    cause: error,
  });
}

function isOutlived(context: BatchContext, { submittedAt }: Ticket): boolean {
  return context.now() - Date.parse(submittedAt) > JOB_LIFE_MS;
}

/** Decides what a finished job means: answers to publish, a job to send again, or a setting to put right. */
async function finish(
  context: BatchContext,
  manifest: Manifest,
  progress: Progress,
  job: BatchJob,
  ticket: Ticket,
  state: JobState,
): Promise<Seen> {
  const answers = answersOf(job, ticket, state, job.chunks);
  noteAnswers(progress, answers, context.now());
  const failure = wholeFailure(answers);
  if (failure !== undefined) {
    const { class: errorClass, hint, code } = classifyServiceError(failure);
    if (errorClass === "blocked" || errorClass === "throttled") {
      prepareAgain(job);
      const error = new LanguageError({ class: errorClass, code, message: failure.message, hint });
      return { interruption: { kind: errorClass, error, until: "answered" } };
    }
    if (errorClass !== "document") return { loss: { job, ticket, error: failure } };
  }
  if (job.canary) {
    const silent = answers.chunks[job.chunks[0] ?? ""]?.find((outcome) => !isAnswer(outcome));
    if (silent?.error !== undefined) return { loss: { job, ticket, error: silent.error } };
    job.state = "done";
    return { answered: true };
  }
  const retries = prepareRetries(context, progress, job, ticket, answers);
  await settleJob(context, manifest, progress, job, answers);
  const [first] = retries;
  const interruption = first && { kind: "lost" as const, error: lossError(first.error), until: "answered" as const };
  return { answered: true, interruption };
}

/**
 * Tasks that failed for a chunk by no fault of its own are asked again, and no others: `MAX_ATTEMPTS` times, and longer
 * as long as such a task answers about nothing at all.
 */
function prepareRetries(
  { limits: { maxAttempts } }: BatchContext,
  progress: Progress,
  job: BatchJob,
  ticket: Ticket,
  answers: JobAnswers,
): Retry[] {
  const attempts = Math.min(job.attempts + 1, maxAttempts);
  const retries = retriesOf(job, answers, ({ task, error }) => {
    if (attempts < maxAttempts || error === undefined) return false;
    return classifyServiceError(error).class === "transient" && answeredSince(progress, task, ticket);
  });
  for (const [index, { tasks, whole, chunks }] of retries.entries()) {
    const asked = whole ? job.tasks : tasks;
    progress.jobs.push(newJob(`${job.id}r${index}`, job.request, chunks, { attempts, tasks: asked }));
    if (whole) job.chunks = job.chunks.filter((chunk) => !chunks.includes(chunk));
  }
  return retries;
}

/** Looks at the jobs of the lane's batch, publishes what is finished, and ends the batch with its last job. */
export async function collectStep(context: BatchContext, memory: LaneMemory): Promise<LaneStep> {
  const lane = await readLaneFile(context.containers.work, context.address);
  const { manifest } = lane.file;
  if (manifest === undefined) return proceed(context, memory, { action: "claim" });
  const { stored, shows, interruption, jobSeconds, openSeconds } = await collectJobs(context, manifest);
  const learned = learnJobSeconds(memory.jobSeconds, jobSeconds);
  const remembered = learned === undefined ? memory : { ...memory, jobSeconds: learned };
  const view = { manifest, jobs: countJobs(stored.progress) };

  if (view.jobs.prepared === 0 && view.jobs.open === 0) {
    await finishBatch(context, lane, manifest, stored.progress);
    return proceed(context, endHold(context, remembered), { action: "claim" });
  }
  if (interruption !== undefined) {
    return heldUp(context, letGo(context, remembered, shows), interruption, { after: "collect", view });
  }
  if (view.jobs.prepared > 0) return proceed(context, remembered, { action: "submit", view, shows });
  const { firstLookSeconds: firstSeconds, longestLookSeconds: longestSeconds } = context.limits;
  const afterSeconds = nextLookSeconds(openSeconds, { firstSeconds, longestSeconds });
  return proceed(context, remembered, { action: "collect", afterSeconds, view, shows });
}

/**
 * Ends a batch whose documents are all published, or have their records kept until now. The order is what makes a crash
 * harmless: the lane file lets go of the batch and counts it in one write; then the ledger lets go of its documents;
 * then the work blobs go. Whatever is left over is removed when the lane next looks for work.
 * @throws Error naming a record that the storage service still refuses; then the batch is not over
 */
export async function finishBatch(
  context: BatchContext,
  lane: StoredLaneFile,
  manifest: Manifest,
  progress: Progress,
): Promise<void> {
  const { containers, address, ledger } = context;
  await publishKept(context, manifest.batch);
  const { published, jobs } = progress;
  const requests = jobs.reduce((sum, job) => sum + job.requests, 0);
  const submitted = jobs.filter(({ ticket }) => ticket !== undefined).length;
  const { totals } = lane.file;
  const added: LaneTotals = {
    batches: totals.batches + 1,
    succeeded: totals.succeeded + published.succeeded,
    partiallySucceeded: totals.partiallySucceeded + published.partiallySucceeded,
    failed: totals.failed + published.failed + manifest.failed,
    jobs: totals.jobs + submitted,
    requests: totals.requests + requests,
    textRecords: totals.textRecords + published.textRecords,
  };
  await writeLaneFile(containers.work, address, lane, { totals: added, cleanup: manifest.batch });
  await ledger.release(address, manifest.batch);
  await deletePrefix(containers.work, workNames.batch(manifest.batch));
  context.log({
    event: "batch.finished",
    ...address,
    batch: manifest.batch,
    documents: manifest.documents.length + manifest.failed,
    failed: published.failed + manifest.failed,
    jobs: submitted,
    requests,
    textRecords: published.textRecords,
    seconds: Math.round((context.now() - Date.parse(manifest.claimedAt)) / 100) / 10,
  });
}
