import { backoffSeconds } from "../../common/backoff.ts";
import { type HeldState, type HoldReason, holdAfter } from "../../common/hold.ts";
import type { EventLog } from "../../common/log.ts";
import type { LanguageError } from "../../language/errors/language-error.ts";
import type { HoldEnd, LaneAction, LaneHold, LaneMemory, LaneStatus, LaneStep } from "../lane.ts";
import type { BatchContext } from "../lane-context.ts";
import type { Manifest } from "../store/lane-file.ts";

/** What an operator should see of the batch. */
export interface BatchView {
  manifest: Manifest;
  jobs: { prepared: number; open: number; done: number };
}

/** What keeps a batch from going on. */
export interface Interruption {
  /** `unclear`: a call failed, and nobody knows why; `lost`: a job was accepted, and its work is gone. */
  kind: "throttled" | "blocked" | "unclear" | "lost";
  error: LanguageError;
  until: HoldEnd;
}

/** The service's words in a status are cut here: Durable refuses a status of more than 16 KB, which ends the lane. */
const MOST_WORDS = 1_000;
const LONGEST_CODE = 100;
/** Trouble that is nobody's fault here is shown and reported as blocked once it lasts so long: somebody should look. */
const PATIENCE_MS = 30 * 60_000;

/** First pauses, seconds; they double from time to time. */
const HOLDS: Readonly<Record<Interruption["kind"], { state: HeldState; firstSeconds: number; costly?: true }>> = {
  throttled: { state: "throttled", firstSeconds: 2 },
  unclear: { state: "retrying", firstSeconds: 2 },
  lost: { state: "retrying", firstSeconds: 2, costly: true },
  blocked: { state: "blocked", firstSeconds: 5, costly: true },
};

/**
 * The step after one that went well.
 * @param next.shows what the service did: a hold that waits for that is over
 */
export function proceed(
  context: BatchContext,
  { failing: _failing, ...memory }: LaneMemory,
  next: { action: LaneAction; afterSeconds?: number; view?: BatchView; shows?: readonly HoldEnd[] },
): LaneStep {
  const kept = letGo(context, memory, next.shows ?? []);
  const { held } = kept;
  const state = next.action === "claim" ? "waiting" : next.action === "submit" ? "submitting" : "analysing";
  const status = held === undefined ? { state: state as LaneStatus["state"] } : statusOf(held);
  return step(context, next.action, next.afterSeconds ?? 0, kept, { ...status, ...seen(next.view) });
}

/** Forgets a hold that what the service did shows to be over. */
export function letGo(context: BatchContext, memory: LaneMemory, shows: readonly HoldEnd[]): LaneMemory {
  return memory.held !== undefined && shows.includes(memory.held.until) ? endHold(context, memory) : memory;
}

/** Forgets a hold, and tells the operators if they were told of it. A hold ends with its batch at the latest. */
export function endHold({ log, address, now }: BatchContext, { held, ...memory }: LaneMemory): LaneMemory {
  if (held?.reported) {
    log({ event: "lane.unblocked", ...address, seconds: Math.round((now() - Date.parse(held.since)) / 1000) });
  }
  return memory;
}

/** The step after one that the service stopped: the documents stay where they are, and the lane says why it waits. */
export function heldUp(
  context: BatchContext,
  { failing: _failing, held: before, ...memory }: LaneMemory,
  { kind, error, until }: Interruption,
  { after, view }: { after: "submit" | "collect"; view: BatchView },
): LaneStep {
  const { address, log } = context;
  const now = context.now();
  const state = stateOf(kind, before, now);
  const code = error.code.slice(0, LONGEST_CODE);
  const message = error.message.slice(0, MOST_WORDS);
  const { firstSeconds, costly } = HOLDS[kind];
  const { hold, pauseSeconds } = holdAfter(
    {
      state,
      reason: { code, message, hint: error.hint },
      retryAfterSeconds: kind === "blocked" ? undefined : error.retryAfterSeconds,
    },
    before,
    {
      now,
      firstSeconds,
      longestSeconds: costly ? context.limits.longestBlockedSeconds : context.limits.longestLookSeconds,
    },
  );
  const held: LaneHold = { ...hold, until, reported: before?.reported === true || state === "blocked" };
  if (held.reported && before?.reported !== true) {
    log({ event: "lane.blocked", ...address, code, message, since: held.since });
  }
  if (kind === "throttled") log({ event: "service.throttled", ...address, retryAfterSeconds: pauseSeconds });
  // Jobs to look at and jobs to send take turns, so that what stops the ones does not stop the others.
  const action = after === "collect" ? (view.jobs.prepared > 0 ? "submit" : "collect") : nextAfterSubmit(view);
  return step(context, action, pauseSeconds, { ...memory, held }, { ...statusOf(held), ...seen(view) });
}

function nextAfterSubmit({ jobs }: BatchView): LaneAction {
  return jobs.open > 0 ? "collect" : "submit";
}

function stateOf(kind: Interruption["kind"], before: LaneHold | undefined, now: number): HeldState {
  const { state } = HOLDS[kind];
  if (state !== "retrying" || before === undefined || before.state === "throttled") return state;
  const lasts = before.state === "blocked" || now - Date.parse(before.since) > PATIENCE_MS;
  return lasts ? "blocked" : state;
}

function statusOf({ state, since, reason }: LaneHold): LaneStatus {
  return { state, since, reason };
}

function step(
  context: BatchContext,
  action: LaneAction,
  afterSeconds: number,
  memory: LaneMemory,
  status: LaneStatus,
): LaneStep {
  const nextLookAt = new Date(context.now() + afterSeconds * 1000).toISOString();
  return { ...context.address, action, afterSeconds, memory, status: { ...status, nextLookAt } };
}

function seen(view: BatchView | undefined): Partial<LaneStatus> {
  if (view === undefined) return {};
  const { manifest, jobs } = view;
  return { batch: manifest.batch, documents: manifest.documents.length, jobs };
}

/** The step after a claim. */
export function claimStep(
  context: BatchContext,
  action: LaneStep["action"],
  memory: LaneMemory,
  next: { manifest?: Manifest | undefined; afterSeconds?: number; closing?: boolean } = {},
): LaneStep {
  const { manifest, afterSeconds = 0, closing = false } = next;
  const nextLookAt = new Date(context.now() + afterSeconds * 1000).toISOString();
  const state = manifest !== undefined ? "submitting" : closing ? "closing" : "waiting";
  return {
    ...context.address,
    action,
    afterSeconds,
    status: {
      state,
      nextLookAt,
      ...(manifest === undefined ? {} : { batch: manifest.batch, documents: manifest.documents.length }),
    },
    memory,
  };
}

/** The memory of a lane that has found something: it does not close at its next look. */
export function keepOpen({ emptyLooks: _emptyLooks, ...memory }: LaneMemory): LaneMemory {
  return memory;
}

/** Tells the operators which batch the lane has now. */
export function reportBatch(context: BatchContext, event: "batch.claimed" | "batch.adopted", manifest: Manifest): void {
  context.log({
    event,
    ...context.address,
    batch: manifest.batch,
    documents: manifest.unread?.length ?? manifest.documents.length,
    jobs: manifest.requests.length,
  });
}

/** A step that never came back is tried again after this, in seconds. */
const PAUSE = 10;

const reasonFor = ({ action }: LaneStep): HoldReason => ({
  code: "StepLost",
  message: `The step "${action}" did not come back: the process died, or the step ran out of time`,
  hint: "The lane keeps its documents and tries again. If this lasts, look at the exceptions and the memory of the app.",
});

/**
 * The same step again, after its activity was lost; failures inside an activity never come this far.
 * @param now the orchestration's time
 */
export function lostStep(step: LaneStep, now: Date): LaneStep {
  const { state, since } = step.status;
  return {
    ...step,
    afterSeconds: PAUSE,
    status: {
      ...step.status,
      state: "failing",
      since: state === "failing" && since !== undefined ? since : now.toISOString(),
      reason: reasonFor(step),
      nextLookAt: new Date(now.getTime() + PAUSE * 1000).toISOString(),
    },
  };
}

const FIRST_PAUSE = 30;
/** Shorter than the window of the alert `lane-blocked`. */
const LONGEST_PAUSE = 900;

/**
 * A lane whose pipeline was taken out of `pipelines.json` keeps its documents and says so, each time: the sweep reports
 * only the pipelines that there are.
 */
export function unknownPipeline(step: LaneStep, now: number, log: EventLog): LaneStep {
  const { held } = step.memory;
  const since = held?.since ?? new Date(now).toISOString();
  const times = (held?.times ?? 0) + 1;
  const afterSeconds = backoffSeconds(times, FIRST_PAUSE, LONGEST_PAUSE);
  const reason = {
    code: "PipelineNotConfigured",
    message: `pipelines.json has no pipeline "${step.pipeline}"`,
    hint: "Put the pipeline back to finish its documents; when it is not wanted any more, terminate this instance and empty its queue.",
  };
  const { code, message } = reason;
  log({ event: "lane.blocked", pipeline: step.pipeline, lane: step.lane, code, message, since });
  return {
    ...step,
    afterSeconds,
    memory: { ...step.memory, held: { state: "blocked", times, since, reason, until: "seen", reported: true } },
    status: {
      ...step.status,
      state: "blocked",
      since,
      reason,
      nextLookAt: new Date(now + afterSeconds * 1000).toISOString(),
    },
  };
}
