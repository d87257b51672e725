import type { JobDocument, ServiceError, Task } from "../../language/analysis.ts";
import { LanguageError } from "../../language/errors/language-error.ts";
import type { Pipeline } from "../../settings/pipeline.ts";
import { underLease } from "../../storage/lease.ts";
import type { LaneMemory, LaneStep } from "../lane.ts";
import type { BatchContext } from "../lane-context.ts";
import { failedAnswers } from "../policy/answers.ts";
import { heldUp, proceed } from "../policy/next-step.ts";
import { firstLookSeconds, LONGEST_ROUND_MS } from "../policy/poll-schedule.ts";
import {
  type BatchJob,
  countJobs,
  halve,
  readProgress,
  type StoredProgress,
  type Ticket,
  writeProgress,
} from "../store/batch-progress.ts";
import { type Manifest, OvertakenError, readLaneFile, workNames } from "../store/lane-file.ts";
import { readRequest, type StoredText } from "../store/stored-requests.ts";
import { settleJob } from "./publish.ts";
import { canaryDocument, endCanary, tryCanary } from "./recover.ts";

/** Tries to write a ticket beside another run of the lane. */
const MOST_WRITES = 10;
const NO_TASK: ServiceError = { code: "TaskMissing", message: "The pipeline does not have the task any more" };

/** What came of sending the jobs of a batch that are still to be sent. */
export type SubmitOutcome =
  | { kind: "submitted" }
  /** Another run of this lane is sending them at this moment. */
  | { kind: "busy" }
  | { kind: "throttled"; error: LanguageError }
  | { kind: "blocked"; error: LanguageError }
  | { kind: "unclear"; error: LanguageError };

export interface Submission {
  outcome: SubmitOutcome;
  stored: StoredProgress;
}

/**
 * Sends each prepared job and writes down its ticket before the next is sent: the only moment at which a crash can make
 * a job go out twice is between the service's answer and that write. Of two runs of one lane, one sends at a time.
 * A job that the service refuses is halved until the guilty document is alone; that one fails, its neighbours go on.
 * What one round has no time for is left prepared.
 */
export async function submitJobs(context: BatchContext, manifest: Manifest): Promise<Submission> {
  const { work } = context.containers;
  const [first] = manifest.requests;
  const sent =
    first &&
    (await underLease(work, workNames.request(manifest.batch, first.request), () => sendPrepared(context, manifest)));
  if (sent !== undefined) return sent;
  const outcome: SubmitOutcome = { kind: first === undefined ? "submitted" : "busy" };
  return { outcome, stored: await readProgress(work, manifest) };
}

async function sendPrepared(context: BatchContext, manifest: Manifest): Promise<Submission> {
  const { work } = context.containers;
  let stored = await readProgress(work, manifest);
  const begun = context.now();
  for (;;) {
    endCanary(stored.progress);
    const job = stored.progress.jobs.find(({ state }) => state === "prepared");
    if (job === undefined || context.now() - begun > LONGEST_ROUND_MS)
      return { outcome: { kind: "submitted" }, stored };
    try {
      await send(context, manifest, stored, job);
    } catch (error) {
      if (!(error instanceof LanguageError)) throw error;
      job.requests++;
      const outcome = await refused(context, manifest, stored, job, error);
      stored = await writeProgress(work, manifest.batch, stored);
      if (outcome !== undefined) return { outcome, stored };
      continue;
    }
    stored = await writeSent(context, manifest, stored, job);
  }
}

/**
 * Writes down what was sent. Another run of the lane that looks at jobs at this moment may write first: the ticket of a
 * job that the service has taken must not be lost to that.
 */
async function writeSent(
  { containers: { work } }: BatchContext,
  manifest: Manifest,
  stored: StoredProgress,
  job: BatchJob,
): Promise<StoredProgress> {
  for (let tries = 1; ; tries++) {
    try {
      return await writeProgress(work, manifest.batch, stored);
    } catch (error) {
      if (!(error instanceof OvertakenError) || tries === MOST_WRITES) throw error;
      stored = await readProgress(work, manifest);
      const same = stored.progress.jobs.find(({ id, state }) => id === job.id && state === "prepared");
      if (same === undefined) throw error;
      Object.assign(same, job);
    }
  }
}

async function send(
  context: BatchContext,
  manifest: Manifest,
  { progress }: StoredProgress,
  job: BatchJob,
): Promise<void> {
  const { pipeline, endpoint, address } = context;
  const tasks = tasksOf(context, job);
  if (tasks.length === 0 && job.canary) {
    job.state = "done";
    return;
  }
  if (tasks.length === 0) {
    // The tasks to ask again were taken out of the pipeline: what the first job said of them stands.
    return settleJob(context, manifest, progress, job, failedAnswers(job, [], NO_TASK, now(context)));
  }
  const documents = job.canary
    ? [canaryDocument(pipeline)]
    : inLanguage(pipeline, await readRequest(context.containers.work, manifest.batch, job.request, job.chunks));
  const client = context.client(endpoint, pipeline.apiVersion);
  const handle = await client.submit({ displayName: `${manifest.batch}/${job.id}`, documents, tasks });
  job.requests++;
  job.refusals = 0;
  job.state = "open";
  job.ticket = {
    ...handle,
    endpoint,
    apiVersion: pipeline.apiVersion,
    tasks: tasks.map(copyTask),
    language: pipeline.language ?? null,
    submittedAt: now(context),
  };
  context.log({
    event: "job.submitted",
    ...address,
    batch: manifest.batch,
    job: job.id,
    jobId: handle.jobId,
    documents: documents.length,
  });
}

/** What a refused submission means; undefined when the next job can be tried. */
async function refused(
  context: BatchContext,
  manifest: Manifest,
  stored: StoredProgress,
  job: BatchJob,
  error: LanguageError,
): Promise<SubmitOutcome | undefined> {
  if (error.class === "throttled") return { kind: "throttled", error };
  if (error.class === "blocked") return { kind: "blocked", error };
  if (job.canary) return { kind: error.class === "transient" ? "unclear" : "blocked", error };
  if (error.class === "transient") {
    job.refusals++;
    if (job.refusals < context.limits.maxAttempts) return { kind: "unclear", error };
  }
  const alone = job.chunks.length === 1;
  const suspect = error.class === "transient" || (alone && !error.certain);
  const canary = suspect ? await tryCanary(context) : undefined;
  if (canary?.class === "throttled") return { kind: "throttled", error: canary };
  if (canary !== undefined) return { kind: "blocked", error };
  if (!alone) {
    halve(stored.progress.jobs, job);
    return undefined;
  }
  const { code, message } = error;
  const answers = failedAnswers(job, tasksOf(context, job), { code, message }, now(context));
  await settleJob(context, manifest, stored.progress, job, answers);
  return undefined;
}

/** The tasks that a job asks, as the pipeline has them now. */
function tasksOf({ pipeline }: BatchContext, job: BatchJob): readonly Task[] {
  return pipeline.tasks.filter(({ name }) => job.tasks === undefined || job.tasks.includes(name));
}

function now(context: BatchContext): string {
  return new Date(context.now()).toISOString();
}

/** The stored texts, in the language that the settings say now: a lane blocked by a wrong one goes on with the right one. */
function inLanguage({ language }: Pipeline, documents: readonly StoredText[]): JobDocument[] {
  return documents.map((stored) => ({ ...stored, ...(language === undefined ? {} : { language }) }));
}

function copyTask({ kind, name, parameters }: Task): Ticket["tasks"][number] {
  return { kind, name, parameters: { ...parameters } };
}

/** Looks again after this when another run of the lane is sending: it ends soon, or its lease does. */
const BUSY_SECONDS = 5;
/** So often: no run sends for six minutes, with the longest timeout of a call. */
const MOST_BUSY = 72;

/** Sends what is to be sent of the lane's batch, and says when to look at it. */
export async function submitStep(context: BatchContext, memory: LaneMemory): Promise<LaneStep> {
  const { file } = await readLaneFile(context.containers.work, context.address);
  if (file.manifest === undefined) return proceed(context, memory, { action: "claim" });
  const { outcome, stored } = await submitJobs(context, file.manifest);
  const { busy = 0, ...rest } = memory;
  const view = { manifest: file.manifest, jobs: countJobs(stored.progress) };
  if (outcome.kind === "busy") {
    if (busy >= MOST_BUSY) throw new Error(foreverBusy(file.manifest));
    return proceed(context, { ...rest, busy: busy + 1 }, { action: "submit", afterSeconds: BUSY_SECONDS, view });
  }
  if (outcome.kind !== "submitted") {
    return heldUp(context, rest, { ...outcome, until: "accepted" }, { after: "submit", view });
  }
  const { firstLookSeconds: firstSeconds, longestLookSeconds: longestSeconds } = context.limits;
  const afterSeconds = view.jobs.open === 0 ? 0 : firstLookSeconds(memory.jobSeconds, { firstSeconds, longestSeconds });
  return proceed(context, rest, { action: "collect", afterSeconds, view, shows: ["accepted"] });
}

function foreverBusy({ batch, requests: [first] }: Manifest): string {
  const blob = first === undefined ? "" : `${workNames.request(batch, first.request)} of the work container`;
  return `Somebody has held the lease of ${blob} for over six minutes, so no job can be sent: end it (az storage blob lease break)`;
}
