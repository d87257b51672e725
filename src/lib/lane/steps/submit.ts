import { inSpan } from "../../common/telemetry.ts";
import type { JobHandle, JobRequest, Task } from "../../language/analysis.ts";
import { isSuccess, LanguageError } from "../../language/errors/language-error.ts";
import { DETECT } from "../../settings/pipeline.ts";
import { isStatus } from "../../storage/blobs.ts";
import { underLease } from "../../storage/lease.ts";
import { type LaneMemory, type LaneStep, STEP_BUDGET_MS, type Turn } from "../lane.ts";
import { type LaneSession, saveJobs } from "../lane-session.ts";
import { callerOf } from "../pacer.ts";
import { failedAnswers } from "../policy/answers.ts";
import { hold, type Interruption, pause, wait } from "../policy/next-step.ts";
import { firstPoll } from "../policy/poll-schedule.ts";
import { type BatchJob, splitJob, type Ticket } from "../store/batch-progress.ts";
import { reserveUsage, returnUsage } from "../store/daily-usage.ts";
import type { Batch } from "../store/lane-file.ts";
import type { Pause } from "../store/pipeline-control.ts";
import { restoreTexts, storedName } from "../store/stored-jobs.ts";
import { tracesOfJob } from "../trace-documents.ts";
import { secondsUntil, TurnTaker } from "../turn-taker.ts";
import { endCanary, tryCanary } from "./canary.ts";
import { detectJobLanguages, jobRequest } from "./job-request.ts";
import { finishJob } from "./publish.ts";
import { setAside } from "./recover.ts";

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
  const name = storedName(session.batch, request);
  try {
    return await underLease(containers.work, name, work);
  } catch (error) {
    if (!isStatus(error, 404) || error.code !== "BlobNotFound") throw error;
    await restoreTexts(session, request);
    return underLease(containers.work, name, work);
  }
}

function foreverBusy(batch: Batch): string {
  const [first] = batch.requests;
  const blob = first === undefined ? "" : `${storedName(batch, first.request)} of the work container`;
  return `Somebody has held the lease of ${blob} for over six minutes, so no job can be sent: end it (az storage blob lease break)`;
}

/**
 * Sends each prepared job and writes down its ticket before the next is sent: the only moment at which a crash can make
 * a job go out twice is between the service's answer and that write. The write of a ticket also tells which job is sent
 * next. What one step has no time for is left prepared. Whether the pipeline is paused, and what its day has room for, is
 * asked once.
 */
async function sendPrepared(session: LaneSession, taker: TurnTaker): Promise<Sending> {
  const { context } = session;
  await session.readProgress();
  const begun = context.now();
  const { over, paused } = await reserveUsage(session);
  if (paused !== undefined) return { paused };
  let announced: string | undefined;
  for (;;) {
    endCanary(session.progress);
    const next = nextToSend(session);
    if (next === undefined) return over === undefined ? {} : { interruption: { kind: "blocked", error: over } };
    if (next.id !== announced && context.now() - begun > STEP_BUDGET_MS) return {};
    try {
      await detectJobLanguages(session, next, taker.endpoint);
    } catch (error) {
      if (!(error instanceof LanguageError)) throw error;
      if (next.id === announced) delete next.sendingSince;
      announced = undefined;
      await session.save();
      const interruption = { kind: DETECTION_HOLDS[error.class], error };
      if (!(await goesElsewhere(session, taker, interruption))) return { interruption };
      continue;
    }
    const request = await jobRequest(session, next);
    if (request === undefined) {
      await session.save();
      continue;
    }
    if (!(await taker.next())) {
      if (next.id === announced) {
        delete next.sendingSince;
        await session.save();
      }
      return { turn: taker.turn };
    }
    const { endpoint } = taker;
    const job = next.id === announced ? next : await announce(session, next);
    announced = undefined;
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
    const isNextSoon = context.now() - begun <= STEP_BUDGET_MS && context.pacer.isSoon(taker.turn);
    const following = isNextSoon ? nextToSend(session) : undefined;
    const told = following?.sendingSince === undefined ? following : undefined;
    if (told !== undefined) told.sendingSince = session.iso();
    announced = told?.id;
    await saveJobs(session, told === undefined ? [job] : [job, told]);
    await taker.accepted();
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
  const calls = progress.jobs.filter(({ state }) => state === "prepared").length;
  if (kind === "throttled") await taker.slowDown(error.retryAfterSeconds);
  if (context.endpoints.length === 1) return false;
  if (kind === "throttled") {
    await taker.renew(calls);
    return true;
  }
  await context.pacer.avoid(callerOf(context), endpoint, { code, message: publicMessage, hint });
  context.log({ event: "resource.avoided", ...context.address, endpoint, code });
  return taker.goElsewhere(calls);
}

/** No document is to blame for a language that nobody finds out. */
const DETECTION_HOLDS = {
  throttled: "throttled",
  blocked: "blocked",
  document: "blocked",
  transient: "unclear",
} as const;

/** The first job that is to be sent, and for which the day's limit has room. */
function nextToSend({ progress }: LaneSession): BatchJob | undefined {
  return progress.jobs.find(({ state, canary, counted }) => state === "prepared" && (canary || counted));
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
  const [saved = job] = await saveJobs(session, [job]);
  await session.confirmBatch();
  return saved;
}

async function send(
  session: LaneSession,
  job: BatchJob,
  { endpoint, ...request }: JobRequest & { endpoint: string },
): Promise<void> {
  const { context, batch } = session;
  const { pipeline, address, log } = context;
  const attributes = { ...address, batch: batch.id, job: job.id, documents: request.documents.length };
  const handle = await inSpan(
    "job.submit",
    { parent: context.trace, kind: "client", attributes, links: tracesOfJob(session, job) },
    () => context.client(endpoint, pipeline.apiVersion).submit(request).catch(ifUnnamed),
  );
  delete job.sendingSince;
  job.requests++;
  job.refusals = 0;
  delete job.harmlessTaken;
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

/** What stands for the job where the service took it and did not say which it is. */
const NO_JOB: JobHandle = { jobId: "", operationLocation: "" };

/** The service took the job, so it must not be sent again; any other error is thrown. */
function ifUnnamed(error: unknown): LanguageError {
  if (error instanceof LanguageError && isSuccess(error)) return error;
  throw error;
}

function copyTask({ kind, name, parameters }: Task): Ticket["tasks"][number] {
  return { kind, name, parameters: { ...parameters } };
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
    if (canary !== undefined) delete job.harmlessTaken;
    if (canary?.class === "throttled") return { kind: "throttled", error: canary };
    if (canary !== undefined) return { kind: "blocked", error: canary, isOurText: true };
    // A service that just came back takes the harmless text and would take this one, too: it is asked once more.
    const isSure = isLast && (!isTransient || job.harmlessTaken === true);
    if (isLast) job.harmlessTaken = true;
    if (!isSure && (isTransient || isAlone)) return { kind: "unclear", error };
  }
  if (!isAlone) {
    splitJob(progress.jobs, job);
    return undefined;
  }
  const { code, message } = error;
  await returnUsage(session, job);
  await finishJob(session, job, failedAnswers(job, session.tasksOf(job), { code, message }, session.iso()));
  return undefined;
}
