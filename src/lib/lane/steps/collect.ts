import { measureJob } from "../../common/metrics.ts";
import type { JobState, ServiceError } from "../../language/analysis.ts";
import { classifyServiceError } from "../../language/errors/classify.ts";
import { isSuccess, LanguageError } from "../../language/errors/language-error.ts";
import { type HoldEnd, type LaneMemory, type LaneStep, STEP_BUDGET_MS, type Turn } from "../lane.ts";
import type { LaneContext } from "../lane-context.ts";
import type { LaneSession } from "../lane-session.ts";
import { answersOf, jobFailure, planRetries, type Retry } from "../policy/answers.ts";
import { advance, clearHold, hold, type Interruption, releaseHold, wait } from "../policy/next-step.ts";
import { nextPoll } from "../policy/poll-schedule.ts";
import { type BatchJob, newJob, type Progress, prepareAgain, type Ticket } from "../store/batch-progress.ts";
import type { JobAnswers } from "../store/stored-jobs.ts";
import { secondsUntil } from "../turn-taker.ts";
import { endCanary } from "./canary.ts";
import { finishBatch } from "./finish-batch.ts";
import { type Poll, PollQueue } from "./poll-queue.ts";
import { finishJob } from "./publish.ts";
import {
  asideInterruption,
  doubt,
  isAnswer,
  isReleased,
  lossError,
  recordAnswers,
  recoverLostJob,
  setAside,
  settleDoubts,
} from "./recover.ts";

/** Polls the jobs of the lane's batch, publishes what is finished, and ends the batch with its last job. */
export async function collect(session: LaneSession, { turns: kept, ...memory }: LaneMemory): Promise<LaneStep> {
  const { context } = session;
  const { shows, interruption, openSeconds, jobSeconds, turns } = await pollJobs(session, kept);
  const { view } = session;
  const { prepared = 0, open = 0 } = view.jobs ?? {};

  if (prepared === 0 && open === 0) {
    const { id: cleaned } = session.batch;
    await finishBatch(session);
    return advance(context, clearHold(context, { ...memory, cleaned }), { action: "claim" });
  }
  const action = prepared > 0 ? "submit" : "collect";
  const remembered = prepared > 0 ? { ...memory, unsent: prepared } : memory;
  if (interruption !== undefined) {
    return hold(context, releaseHold(context, remembered, shows), interruption, { action, view });
  }
  if (prepared > 0) return wait(context, remembered, 0, { action, view, shows });
  if (turns.length > 0) {
    return wait(context, { ...remembered, turns }, secondsUntil(turns, context.now()), { action, view, shows });
  }
  return wait(context, remembered, nextPoll(openSeconds, context.limits, jobSeconds), { action, view, shows });
}

/** A timer may come early: no job is polled again sooner than after this, whatever it says. */
const SHORTEST_PAUSE_MS = 1_000;

/**
 * What is published is written down at the end of a round, or after so long: a process that dies before asks again about
 * the jobs that it had published, and finds their records there.
 */
const SAVE_MS = 10_000;

/** What of several interruptions is shown, and decides how long to wait. */
const RANK: readonly Interruption["kind"][] = ["throttled", "blocked", "lost", "unclear"];

interface Round {
  /** What the service did that may end a hold. */
  shows: HoldEnd[];
  interruption: Interruption | undefined;
  /** How long such jobs take, as far as that is known. */
  jobSeconds: number | undefined;
  /** How long the longest-waiting open job has been open. */
  openSeconds: number;
  /** Polls that could not be made yet, because others come first. */
  turns: Turn[];
}

/**
 * Polls each open job once and publishes what is finished. The answer that says a job is done holds its results too: they
 * are never fetched twice. A job that cannot be polled does not keep the others from being polled.
 */
async function pollJobs(session: LaneSession, kept: readonly Turn[] | undefined): Promise<Round> {
  const { context } = session;
  const progress = await session.readProgress();
  const polls: Poll[] = [];
  const begun = context.now();
  let saved = begun;
  const open = openJobs(progress);
  const due = open.filter(({ polledAt = "" }) => !(begun - Date.parse(polledAt) < SHORTEST_PAUSE_MS));
  const queue = new PollQueue(context, due, kept);
  for (const job of due) {
    if (!(await queue.comesTo(job))) continue;
    const one = await poll(session, job);
    polls.push(one);
    if (context.now() - saved > SAVE_MS) {
      await session.save();
      saved = context.now();
    }
    await queue.saw(job, one);
    if (context.now() - begun > STEP_BUDGET_MS) break;
  }
  const interruptions = polls.map(({ interruption }) => interruption);
  // Last, because what the other jobs answered tells whether a lost one is the service's fault.
  const lost = polls.flatMap(({ lost }) => lost ?? []);
  for (const one of lost) interruptions.push(await recoverLostJob(session, one));
  const isSettled = await settleDoubts(session);
  endCanary(progress);
  if (polls.length > 0 || isSettled) await session.save();

  const submitted = progress.jobs.flatMap((job) => (job.state === "open" && job.ticket ? [job.ticket] : []));
  const oldest = Math.min(...submitted.map(({ submittedAt }) => Date.parse(submittedAt)));
  return {
    shows: [
      ...(polls.some(({ answered }) => answered) ? (["answered"] as const) : []),
      ...(polls.length === open.length && interruptions.every((one) => one?.until !== "polled")
        ? (["polled"] as const)
        : []),
    ],
    interruption: RANK.flatMap((kind) => interruptions.find((one) => one?.kind === kind) ?? [])[0],
    jobSeconds: queue.learn(),
    turns: queue.turns,
    openSeconds: submitted.length === 0 ? 0 : Math.max(0, (context.now() - oldest) / 1000),
  };
}

/** The job that cost the fewest calls first: one that takes all of a step's time goes last in the next. */
function openJobs({ jobs }: Progress): BatchJob[] {
  return jobs.filter(({ state }) => state === "open").toSorted((one, other) => one.requests - other.requests);
}

async function poll(session: LaneSession, job: BatchJob): Promise<Poll> {
  const { context, batch } = session;
  const { ticket } = job;
  if (ticket === undefined) throw new Error(`Job ${job.id} of batch ${batch.id} is open without a ticket`);
  if (job.unusable !== undefined) {
    if (await isReleased(session, job)) return {};
    if (ticket.jobId === "" || isOutlived(context, ticket)) return { interruption: asideInterruption(session, job) };
  }
  let state: JobState;
  try {
    job.polledAt = session.iso();
    state = await context.client(ticket.endpoint, ticket.apiVersion).getJob(ticket, ticket.tasks);
  } catch (error) {
    if (!(error instanceof LanguageError)) throw error;
    job.requests++;
    if (error.class === "throttled") job.throttles++;
    if (isSuccess(error)) await setAside(session, job, error);
    if (isSuccess(error) && isOutlived(context, ticket)) return { interruption: asideInterruption(session, job) };
    return afterError(context, job, ticket, error);
  }
  job.requests += state.requests;
  if (!state.finished) {
    const expires = state.expirationDateTime;
    const expired = expires === undefined ? isOutlived(context, ticket) : Date.parse(expires) < context.now();
    return expired ? { lost: { job, ticket, error: EXPIRED } } : {};
  }
  const seconds = jobSeconds(state, (context.now() - Date.parse(ticket.submittedAt)) / 1000);
  return { ...(await finish(session, job, ticket, state)), seconds };
}

/** How long a finished job took at the most: the service's times are in whole seconds, so each may hide almost one. */
function jobSeconds({ createdDateTime, lastUpdatedDateTime }: JobState, seenAfterSeconds: number): number {
  const between = (Date.parse(lastUpdatedDateTime) - Date.parse(createdDateTime)) / 1000;
  return Math.min(Math.max(0, between) + 1, Math.max(0, seenAfterSeconds));
}

/** The service keeps a job and its results for 24 hours (`expirationDateTime`); an hour more for clocks that differ. */
const JOB_LIFE_MS = 25 * 60 * 60_000;
const EXPIRED: ServiceError = { code: "JobExpired", message: "The job expired" };

function isOutlived(context: LaneContext, { submittedAt }: Ticket): boolean {
  return context.now() - Date.parse(submittedAt) > JOB_LIFE_MS;
}

function afterError(context: LaneContext, job: BatchJob, ticket: Ticket, error: LanguageError): Poll {
  const about = aboutEndpoint(context, ticket, error);
  if (error.class === "throttled") return { interruption: { kind: "throttled", error: about, until: "polled" } };
  // Its results are gone wherever it was sent, be that resource wrong, out of reach or deleted by now.
  if (isOutlived(context, ticket)) return { lost: { job, ticket, error: EXPIRED } };
  if (error.code === "JobNotFound") {
    const { code, message } = error;
    return { lost: { job, ticket, error: { code, message } } };
  }
  // Whatever a poll is refused for, it is not for a document: the job is as it was.
  if (error.class !== "transient") return { interruption: { kind: "blocked", error: about, until: "polled" } };
  return { interruption: { kind: "unclear", error: about, until: "polled" } };
}

/** Says where the job is when that is not where the settings lead any more. */
function aboutEndpoint({ endpoints }: LaneContext, ticket: Ticket, error: LanguageError): LanguageError {
  if (endpoints.includes(ticket.endpoint)) return error;
  const { class: errorClass, code, status, requestId, retryAfterSeconds, certain } = error;
  return new LanguageError({
    class: errorClass,
    code,
    message: `${error.publicMessage} (asked at ${ticket.endpoint}, where this job was sent before the endpoint was changed)`,
    hint: `Let the application reach ${ticket.endpoint} until its jobs are answered. What is not answered there within 25 hours is sent anew to ${endpoints.join(" or ")}.`,
    status,
    requestId,
    retryAfterSeconds,
    certain,
    cause: error,
  });
}

/** Decides what a finished job means: answers to publish, a job to send again, or a setting to put right. */
async function finish(session: LaneSession, job: BatchJob, ticket: Ticket, state: JobState): Promise<Poll> {
  const answers = answersOf(job, ticket, state);
  const unread = unreadableAnswer(answers);
  if (unread !== undefined) {
    await setAside(session, job, unread);
    return { interruption: asideInterruption(session, job) };
  }
  delete job.unusable;
  recordAnswers(session, answers);
  const failure = jobFailure(answers);
  if (failure !== undefined) {
    const { error, blame } = failure;
    if (blame !== "blocked" && blame !== "throttled")
      return { lost: { job, ticket, error, answers: own(answers, state) } };
    prepareAgain(job);
    const { class: errorClass, hint, code } = classifyServiceError(error);
    const told = new LanguageError({ class: errorClass, code, message: error.message, hint });
    return { interruption: { kind: blame, error: told, until: "answered" } };
  }
  if (job.canary) {
    const silent = answers.chunks[job.chunks[0] ?? ""]?.find((outcome) => !isAnswer(outcome));
    if (silent?.error !== undefined) return { lost: { job, ticket, error: silent.error } };
    job.state = "done";
    return { answered: true };
  }
  const { now, pipeline } = session.context;
  measureJob(pipeline.name, (now() - Date.parse(ticket.submittedAt)) / 1000);
  const [first] = await prepareRetries(session, { job, ticket, answers });
  await finishJob(session, job, answers);
  const interruption = first && { kind: "lost" as const, error: lossError(first.error), until: "answered" as const };
  return { answered: true, interruption };
}

/** Why an answer cannot be read at all; it may be read by another version of the app for as long as the service keeps it. */
function unreadableAnswer({ chunks }: JobAnswers): LanguageError | undefined {
  for (const { error } of Object.values(chunks).flat()) {
    if (error === undefined) continue;
    const { code, message, hint } = classifyServiceError(error);
    if (code === "UnreadableTask") return new LanguageError({ class: "blocked", code, message, hint });
  }
  return undefined;
}

/** The answers, where they blame each document by itself. */
function own(answers: JobAnswers, { tasks }: JobState): JobAnswers | undefined {
  return Object.keys(answers.chunks).every((chunk) => tasks.every(({ errors }) => errors.has(chunk)))
    ? answers
    : undefined;
}

/**
 * Makes jobs of what is worth asking again, and of nothing else.
 * @returns what is sent as soon as possible; about the rest, answers of others will tell whether it is worth it
 */
async function prepareRetries(
  session: LaneSession,
  { job, ticket, answers }: { job: BatchJob; ticket: Ticket; answers: JobAnswers },
): Promise<Retry[]> {
  const { maxAttempts } = session.context.limits;
  const attempts = Math.min(job.attempts + 1, maxAttempts);
  const now: Retry[] = [];
  for (const [index, retry] of planRetries(job, answers).entries()) {
    const { tasks, wholeJob, chunks, error, blame } = retry;
    const asked = wholeJob ? job.tasks : tasks;
    const again = newJob(`${job.id}r${index}`, job.request, chunks, { attempts, tasks: asked });
    session.progress.jobs.push(again);
    if (wholeJob) job.chunks = job.chunks.filter((chunk) => !chunks.includes(chunk));
    if (blame === "unclear" || (blame === "transient" && attempts >= maxAttempts)) {
      const about = { ...ticket, tasks: ticket.tasks.filter(({ name }) => tasks.includes(name)) };
      await doubt(session, { job: again, ticket: about, error, answers: select(answers, retry) });
    } else now.push(retry);
  }
  return now;
}

/** What the job said of some chunks by some tasks. */
function select(answers: JobAnswers, { chunks, tasks }: Retry): JobAnswers {
  const selected = chunks.map((chunk) => [
    chunk,
    answers.chunks[chunk]?.filter(({ task }) => tasks.includes(task)) ?? [],
  ]);
  return { ...answers, chunks: Object.fromEntries(selected) };
}
