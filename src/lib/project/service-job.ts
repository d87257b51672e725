import { retryAfter } from "../common/hold.ts";
import type { AuthoringJob, AuthoringJobState } from "../language/authoring/authoring.ts";
import { type AuthoringAction, authoringHint } from "../language/authoring/authoring-hints.ts";
import { classifyServiceError } from "../language/errors/classify.ts";
import { wasNeverSent } from "../language/errors/classify-network-error.ts";
import { LanguageError } from "../language/errors/language-error.ts";
import { ProjectFailure } from "./errors.ts";
import type { ProjectSession } from "./project-session.ts";
import type { ProjectJob } from "./state.ts";

/** A job that a phase needs done, once. */
export interface JobSpec {
  /** Unique in the run. */
  name: string;
  action: AuthoringAction;
  /** Jobs of the service that exist before this one is asked for; called once. */
  before?: () => Promise<string[]>;
  /** Finds what became of an earlier ask whose answer is not known: `done`, the job, or nothing. */
  find?: (job: ProjectJob) => Promise<"done" | AuthoringJob | undefined>;
  /**
   * Asks for it. Undefined: done at once.
   * @param wasAsked true when it was asked for before, and nobody knows what became of that
   */
  start: (wasAsked: boolean) => Promise<AuthoringJob | undefined>;
  /** How long it is not asked for again after it was, whatever became of that; for jobs that twice would undo. */
  settleSeconds?: number;
}

/** What a job that is done has given stands in `run.job`: it outlives the step that saw its end. */
export type JobOutcome = { kind: "done" } | { kind: "wait"; seconds?: number | undefined };

/** A job that the service took so often and knew nothing of afterwards is not asked for again. */
const MOST_TAKEN = 5;
/** The first poll of a job that was just started. */
const FIRST_POLL_SECONDS = 1;

/** Polls the job in hand. Undefined: there is none whose address is known. */
export async function watchJob(session: ProjectSession, action: AuthoringAction): Promise<JobOutcome | undefined> {
  const { job } = session.run;
  if (job?.location === undefined || job.jobId === undefined) return undefined;
  let state: AuthoringJobState;
  try {
    state = await session.client.getJob({ jobId: job.jobId, location: job.location });
  } catch (error) {
    if (!(error instanceof LanguageError) || error.code !== "JobNotFound") throw error;
    const { jobId: _, location: _location, ...forgotten } = job;
    session.run.job = forgotten;
    await session.save();
    return undefined;
  }
  session.run.percent = state.percent ?? session.run.percent;
  if (!state.finished) return { kind: "wait", seconds: retryAfter(state.retryAfterSeconds) };
  const { location: _, ...ended } = job;
  session.run.job = { ...ended, endedAt: session.now(), modelId: state.modelId };
  if (state.status !== "succeeded" && state.status !== "partiallyCompleted") throw failureOf(state, job, action);
  await session.save();
  return { kind: "done" };
}

/** Does a job once, whatever dies in between. Call it again until it is done. */
export async function runJob(session: ProjectSession, spec: JobSpec): Promise<JobOutcome> {
  const { run } = session;
  if (run.job !== undefined && run.job.name !== spec.name) run.job = undefined;
  const watched = await watchJob(session, spec.action);
  if (watched !== undefined) return watched;
  if (session.run.job?.endedAt !== undefined && spec.settleSeconds === undefined) return { kind: "done" };
  const earlier = session.run.job && (await recallJob(session, session.run.job, spec));
  return earlier ?? (await askForJob(session, spec));
}

async function recallJob(session: ProjectSession, job: ProjectJob, spec: JobSpec): Promise<JobOutcome | undefined> {
  const found = await spec.find?.(job);
  if (found === "done") {
    session.run.job = { ...job, endedAt: session.now() };
    await session.save();
    return { kind: "done" };
  }
  if (found !== undefined) {
    session.run.job = { ...job, ...found };
    await session.save();
    return { kind: "wait", seconds: 0 };
  }
  const since = Date.parse(job.endedAt ?? job.askedAt);
  const settling = (spec.settleSeconds ?? 0) * 1000 - (session.context.now() - since);
  return settling > 0 ? { kind: "wait" } : undefined;
}

async function askForJob(session: ProjectSession, spec: JobSpec): Promise<JobOutcome> {
  const { run } = session;
  const job = run.job?.endedAt === undefined ? run.job : undefined;
  const taken = job?.taken ?? 0;
  if (taken >= MOST_TAKEN) throw lostJob(spec.name);
  const before = job?.before ?? (await spec.before?.()) ?? [];
  const asked: ProjectJob = { name: spec.name, askedAt: session.now(), taken, before };
  run.job = asked;
  await session.save();
  let started: AuthoringJob | undefined;
  try {
    started = await spec.start(job !== undefined);
  } catch (error) {
    if (isRefusal(error)) {
      run.job = job;
      await session.save();
    }
    throw error;
  }
  if (started === undefined) {
    run.job = { ...asked, endedAt: session.now() };
    await session.save();
    return { kind: "done" };
  }
  run.job = { ...asked, taken: taken + 1, ...started };
  await session.save();
  session.context.log({ event: "project.job", project: session.project, job: spec.name, jobId: started.jobId });
  return { kind: "wait", seconds: FIRST_POLL_SECONDS };
}

/** True when it is certain that nothing was started; a 5xx or a connection that broke off leaves that open. */
export function isRefusal(error: unknown): error is LanguageError {
  if (!(error instanceof LanguageError)) return false;
  if (error.status === undefined) return wasNeverSent(error) || error.code === "CredentialUnavailable";
  return error.status >= 300 && error.status < 500 && error.status !== 408;
}

function failureOf(state: AuthoringJobState, job: ProjectJob, action: AuthoringAction): ProjectFailure {
  const [error] = state.errors;
  if (error === undefined) {
    const isCancelled = state.status === "cancelled";
    const code = isCancelled ? "JobCancelled" : "JobFailed";
    const message = `The job "${job.name}" ended as ${state.status}, without a reason`;
    const hint = isCancelled ? "Somebody cancelled it in the service. Ask for it again." : authoringHint(action, code);
    return new ProjectFailure({ code, message, hint });
  }
  const { code, message } = classifyServiceError(error);
  return new ProjectFailure({
    code,
    message: `The job "${job.name}" failed (${code}): ${message}`,
    hint: authoringHint(action, code),
  });
}

function lostJob(name: string): ProjectFailure {
  return new ProjectFailure({
    code: "JobLost",
    message: `The service took the job "${name}" ${MOST_TAKEN} times and knew nothing of it afterwards`,
    hint: "Look at the project in Language Studio, and at the network between here and the endpoint; then ask again.",
  });
}
