import { setTimeout as sleep } from "node:timers/promises";
import { RestError } from "@azure/storage-blob";
import { backoffSeconds } from "../../common/hold.ts";
import type { JobDocument, JobHandle, JobRequest, ServiceError, Task } from "../../language/analysis.ts";
import { isNative } from "../../language/api-versions.ts";
import { LanguageError } from "../../language/errors/language-error.ts";
import { DETECT } from "../../settings/pipeline.ts";
import { readFacts } from "../../storage/blobs.ts";
import { underLease } from "../../storage/lease.ts";
import { StaleWriteError } from "../../storage/versioned-json.ts";
import { type LaneMemory, type LaneStep, STEP_BUDGET_MS } from "../lane.ts";
import type { LaneSession } from "../lane-session.ts";
import { callerOf, type Turn } from "../pacer.ts";
import { failedAnswers } from "../policy/answers.ts";
import { hold, type Interruption, pause, wait } from "../policy/next-step.ts";
import { firstPoll } from "../policy/poll-schedule.ts";
import { type BatchJob, newJob, splitJob, type Ticket } from "../store/batch-progress.ts";
import { countUsage, overDailyLimit } from "../store/daily-usage.ts";
import type { Batch } from "../store/lane-file.ts";
import { workNames } from "../store/names.ts";
import { type Pause, pipelineControl } from "../store/pipeline-control.ts";
import { readTexts, restoreRequest, type StoredText } from "../store/stored-jobs.ts";
import { secondsUntil, TurnTaker } from "../turn-taker.ts";
import { detectJobLanguages, NONE } from "./detect-languages.ts";
import { byAddress } from "./native-documents.ts";
import { finishJob } from "./publish.ts";
import { canaryDocument, endCanary, tryCanary } from "./recover.ts";
import { isSuccess, setAside } from "./unusable.ts";

/** Another run of the lane is sending: this one looks again after so many seconds; that run ends soon, or its lease does. */
const BUSY_SECONDS = 5;
/** So often: no run sends for six minutes, with the longest timeout of a call. */
const MOST_BUSY = 72;

/** What came of sending the jobs of a batch that are still to be sent. */
interface Sending {
  /** The service stopped it. */
  interruption?: Omit<Interruption, "until"> | undefined;
  /** Somebody paused the pipeline. */
  paused?: Pause;
  /** When the next job may be sent, where that is not soon. */
  turn?: Turn;
}

/** Sends what is to be sent of the lane's batch, and says when to poll it. */
export async function submit(
  session: LaneSession,
  { busy = 0, turns, unsent, ...memory }: LaneMemory,
  openNextLane: () => Promise<void>,
): Promise<LaneStep> {
  const { context, batch } = session;
  const [first] = batch.requests;
  const calls = unsent ?? batch.requests.length;
  const taker = await TurnTaker.reserve(context, { operation: "submit", calls: Math.max(1, calls) }, turns);
  const later = (turn: Turn, seen = {}): LaneStep => {
    const seconds = secondsUntil([turn], context.now());
    return wait(context, { ...memory, turns: [turn], unsent: calls }, seconds, { action: "submit", ...seen });
  };
  if (!context.pacer.isSoon(taker.turn)) return later(taker.turn, { view: session.view });
  const sent = first === undefined ? {} : await alone(session, first.request, () => sendPrepared(session, taker));
  if (sent === undefined || first === undefined) await session.readProgress();
  const { view } = session;
  if (sent === undefined) {
    if (busy >= MOST_BUSY) throw new Error(foreverBusy(batch));
    const remembered = { ...memory, busy: busy + 1, turns: [taker.turn], unsent: calls };
    return wait(context, remembered, BUSY_SECONDS, { action: "submit", view });
  }
  const { prepared = 0, open = 0 } = view.jobs ?? {};
  if (sent.paused !== undefined) {
    const action = open > 0 ? "collect" : "submit";
    return pause(context, { ...memory, unsent: prepared }, sent.paused, { action, view });
  }
  if (sent.interruption !== undefined) {
    // Jobs to poll and jobs to send take turns, so that what stops the ones does not stop the others.
    const action = open > 0 ? "collect" : "submit";
    const remembered = { ...memory, unsent: prepared };
    return hold(context, remembered, { ...sent.interruption, until: "accepted" }, { action, view });
  }
  if (sent.turn !== undefined && prepared > 0) return later(sent.turn, { view, shows: ["accepted"] });
  if (memory.more) await openNextLane();
  const jobSeconds = context.pacer.jobSeconds(callerOf(context), taker.endpoint);
  const afterSeconds = open > 0 ? firstPoll(jobSeconds, context.limits) : 0;
  return wait(context, memory, afterSeconds, { action: "collect", view, shows: ["accepted"] });
}

/** Of two runs of one lane, one sends at a time: under a lease on the first stored request of the batch. */
async function alone<T extends object>(
  session: LaneSession,
  request: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const { containers } = session.context;
  const name = workNames.request(session.batch.id, request);
  if ((await readFacts(containers.work, name)) === undefined) await restoreRequest(session, request);
  return underLease(containers.work, name, work);
}

function foreverBusy({ id, requests: [first] }: Batch): string {
  const blob = first === undefined ? "" : `${workNames.request(id, first.request)} of the work container`;
  return `Somebody has held the lease of ${blob} for over six minutes, so no job can be sent: end it (az storage blob lease break)`;
}

/**
 * Sends each prepared job and writes down its ticket before the next is sent: the only moment at which a crash can make
 * a job go out twice is between the service's answer and that write. What one step has no time for is left prepared.
 */
async function sendPrepared(session: LaneSession, taker: TurnTaker): Promise<Sending> {
  const { context } = session;
  await session.readProgress();
  const begun = context.now();
  for (;;) {
    const { progress } = session;
    endCanary(progress);
    const next = progress.jobs.find(({ state }) => state === "prepared");
    if (next === undefined || context.now() - begun > STEP_BUDGET_MS) return {};
    const control = (await pipelineControl(context.containers.work, context.pipeline.name).read()).value;
    if (control.pause?.mode === "pause") return { paused: control.pause };
    const over = next.canary ? undefined : overDailyLimit(session, next, control);
    if (over !== undefined) return { interruption: { kind: "blocked", error: over } };
    try {
      await detectJobLanguages(session, next, taker.endpoint);
    } catch (error) {
      if (!(error instanceof LanguageError)) throw error;
      await session.save();
      return { interruption: { kind: DETECTION_HOLDS[error.class], error } };
    }
    const request = await requestOf(session, next);
    if (request === undefined) {
      await session.save();
      continue;
    }
    if (!(await taker.next())) return { turn: taker.turn };
    const { endpoint } = taker;
    const job = await announce(session, next);
    try {
      await send(session, job, { ...request, endpoint });
    } catch (error) {
      if (!(error instanceof LanguageError)) throw error;
      job.requests++;
      if (error.class === "throttled") job.throttles++;
      // Nobody knows whether a request that got no answer was taken.
      if (error.status !== undefined || error.class !== "transient") delete job.sendingSince;
      const interruption = await refused(session, job, { error, endpoint });
      await session.save();
      if (interruption !== undefined && !(await goesElsewhere(session, taker, interruption))) return { interruption };
      continue;
    }
    await saveJob(session, job);
    await countUsage(session, job);
    await context.pacer.welcome(callerOf(context), endpoint);
  }
}

/**
 * Passes what a resource does not take now on to another one of the pipeline's.
 * @returns false when there is none that takes it
 */
async function goesElsewhere(
  { context, progress }: LaneSession,
  taker: TurnTaker,
  { kind, error }: Omit<Interruption, "until">,
): Promise<boolean> {
  const { endpoint } = taker;
  const { code, publicMessage, hint } = error;
  if (kind === "throttled") await taker.slowDown(error.retryAfterSeconds);
  if (context.endpoints.length === 1) return false;
  if (kind !== "throttled") {
    await context.pacer.avoid(callerOf(context), endpoint, { code, message: publicMessage, hint });
    context.log({ event: "resource.avoided", ...context.address, endpoint, code });
  }
  await taker.renew(progress.jobs.filter(({ state }) => state === "prepared").length);
  return taker.endpoint !== endpoint || kind === "throttled";
}

/** No document is to blame for a language that nobody finds out. */
const DETECTION_HOLDS = {
  throttled: "throttled",
  blocked: "blocked",
  document: "blocked",
  transient: "unclear",
} as const;

/** What is to be sent of a job; undefined when there is nothing, and the job is done. */
async function requestOf(session: LaneSession, job: BatchJob): Promise<JobRequest | undefined> {
  const { batch, context } = session;
  const { pipeline } = context;
  const tasks = session.tasksOf(job);
  const displayName = `${batch.id}/${job.id}`;
  if (job.canary && tasks.length > 0) return { displayName, documents: [await canaryDocument(session)], tasks };
  if (tasks.length === 0) {
    // Its tasks were taken out of the pipeline: what the first job said of them stands.
    if (job.canary) job.state = "done";
    else await finishJob(session, job, failedAnswers(job, [], NO_TASK, session.iso()));
    return undefined;
  }
  const texts = await readTexts(session, job);
  const gone = job.chunks.filter((chunk) => !texts.some(({ id }) => id === chunk));
  await giveUp(session, job, gone, TEXT_GONE);
  await giveUp(
    session,
    job,
    job.chunks.filter((chunk) => languageOf(session, chunk) === NONE),
    NO_LANGUAGE,
  );
  if (job.chunks.length === 0) {
    job.state = "done";
    return undefined;
  }
  const left = texts.filter(({ id }) => job.chunks.includes(id));
  const documents = inLanguage(session, left);
  return {
    displayName,
    documents: isNative(pipeline.apiVersion) ? byAddress(session, job.id, documents) : documents,
    tasks,
  };
}

/**
 * Writes down that a job is about to be sent. Found there later, it tells that a process died or lost the service's answer
 * between the two, so that the job may go out a second time: there is no key by which the service would know it again.
 */
async function announce(session: LaneSession, job: BatchJob): Promise<BatchJob> {
  const { context, batch } = session;
  const { sendingSince: since } = job;
  if (since !== undefined)
    context.log({ event: "job.sentAgain", ...context.address, batch: batch.id, job: job.id, since });
  job.sendingSince = session.iso();
  return saveJob(session, job);
}

async function send(
  session: LaneSession,
  job: BatchJob,
  { endpoint, ...request }: JobRequest & { endpoint: string },
): Promise<void> {
  const { context, batch } = session;
  const { pipeline, address, log } = context;
  const handle = await context.client(endpoint, pipeline.apiVersion).submit(request).catch(ifUnnamed);
  delete job.sendingSince;
  job.requests++;
  job.refusals = 0;
  job.state = "open";
  job.ticket = {
    ...(handle instanceof LanguageError ? NO_JOB : handle),
    endpoint,
    apiVersion: pipeline.apiVersion,
    tasks: request.tasks.map(copyTask),
    ...(pipeline.language === DETECT ? {} : { language: pipeline.language ?? null }),
    submittedAt: session.iso(),
  };
  if (handle instanceof LanguageError) return setAside(session, job, handle);
  const { jobId } = handle;
  log({ event: "job.submitted", ...address, batch: batch.id, job: job.id, jobId, documents: request.documents.length });
}

/** Documents with nothing to be sent, or not in a way that could be answered, fail for themselves. */
async function giveUp(session: LaneSession, job: BatchJob, chunks: string[], error: ServiceError): Promise<void> {
  if (chunks.length === 0) return;
  const lost = newJob(`${job.id}x${session.progress.jobs.length}`, job.request, chunks, {
    attempts: job.attempts,
    tasks: job.tasks,
  });
  session.progress.jobs.push(lost);
  job.chunks = job.chunks.filter((chunk) => !chunks.includes(chunk));
  await finishJob(session, lost, failedAnswers(lost, session.tasksOf(job), error, session.iso()));
}

/** The text was lost, and its document changed or went before it could be read again. */
const TEXT_GONE: ServiceError = {
  code: "DocumentNotFound",
  message: "The document was deleted or replaced before it was analysed, and its prepared text is lost",
};

/** What stands for the job where the service took it and did not say which it is. */
const NO_JOB: JobHandle = { jobId: "", operationLocation: "" };

/** The service took the job, so it must not be sent again; any other error is thrown. */
function ifUnnamed(error: unknown): LanguageError {
  if (error instanceof LanguageError && isSuccess(error)) return error;
  throw error;
}

const NO_TASK: ServiceError = { code: "TaskMissing", message: "The pipeline does not have the task any more" };

const NO_LANGUAGE: ServiceError = {
  code: "LanguageNotDetected",
  message: "The service does not find out in which language the document is",
};

/**
 * The stored texts, in the language that the settings say now: a lane blocked by a wrong one goes on with the right one.
 * Where each has its own, that of its document.
 */
function inLanguage(session: LaneSession, texts: readonly StoredText[]): JobDocument[] {
  return texts.map((stored) => {
    const language = languageOf(session, stored.id);
    return { ...stored, ...(language === undefined ? {} : { language }) };
  });
}

function languageOf({ batch, context }: LaneSession, chunk: string): string | undefined {
  const { pipeline } = context;
  if (pipeline.language !== DETECT) return pipeline.language;
  return batch.documents[Number.parseInt(chunk, 10)]?.info.language;
}

function copyTask({ kind, name, parameters }: Task): Ticket["tasks"][number] {
  return { kind, name, parameters: { ...parameters } };
}

/** So often a job is written down before the lane gives up, while others write or storage fails. */
const MOST_WRITES = 10;

/**
 * Writes down what becomes of a job that is sent. Another run of the lane that polls jobs at this moment may write first,
 * and storage may fail for a moment: the ticket of a job that the service has taken must not be lost to that.
 * @returns the job as it stands in the session's progress then
 */
async function saveJob(session: LaneSession, job: BatchJob): Promise<BatchJob> {
  for (let tries = 1; ; tries++) {
    try {
      await session.save();
      return session.progress.jobs.find(({ id }) => id === job.id) ?? job;
    } catch (error) {
      if (tries === MOST_WRITES) throw error;
      if (isPassing(error)) {
        await sleep(backoffSeconds(tries, 0.1, 5) * 1_000);
        continue;
      }
      if (!(error instanceof StaleWriteError)) throw error;
      const { jobs } = await session.readProgress();
      const same = jobs.find(({ id }) => id === job.id);
      // A write that seemed to fail may have been done.
      const isWritten = same?.ticket?.jobId === job.ticket?.jobId && same?.sendingSince === job.sendingSince;
      if (same === undefined || (same.state !== "prepared" && !isWritten)) throw error;
      Object.assign(same, job);
      if (job.sendingSince === undefined) delete same.sendingSince;
    }
  }
}

/** A fault of storage, or of the way to it, that may be over in a moment. */
function isPassing(error: unknown): boolean {
  return error instanceof RestError && (error.statusCode === undefined || error.statusCode >= 500);
}

/**
 * What a refused job means; undefined when the next job can be tried. What is not sure to be a document's fault is tried
 * again, unless a harmless text is refused too. A job that is refused for a document is split until the guilty document
 * is alone: that one fails, its neighbours go on.
 */
async function refused(
  session: LaneSession,
  job: BatchJob,
  { error, endpoint }: { error: LanguageError; endpoint: string },
): Promise<Sending["interruption"]> {
  const { context, progress } = session;
  const isTransient = error.class === "transient";
  if (error.class === "throttled" || error.class === "blocked") return { kind: error.class, error };
  if (job.canary) return { kind: isTransient ? "unclear" : "blocked", error };
  const isAlone = job.chunks.length === 1;
  if (isTransient || !error.certain) {
    job.refusals++;
    const isLast = job.refusals >= context.limits.maxAttempts;
    const canary = isLast || (!isTransient && job.refusals === 1) ? await tryCanary(session, endpoint) : undefined;
    if (canary?.class === "throttled") return { kind: "throttled", error: canary };
    if (canary !== undefined) return { kind: "blocked", error: canary, isOurText: true };
    if (!isLast && (isTransient || isAlone)) return { kind: "unclear", error };
  }
  if (!isAlone) {
    splitJob(progress.jobs, job);
    return undefined;
  }
  const { code, message } = error;
  await finishJob(session, job, failedAnswers(job, session.tasksOf(job), { code, message }, session.iso()));
  return undefined;
}
