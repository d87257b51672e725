import type { LanguageError } from "../language/language-error.ts";
import type { BatchContext } from "./batch-context.ts";
import { growingDelay } from "./growing-delay.ts";
import type { Manifest } from "./lane-file.ts";
import type { HeldState, Hold, LaneAction, LaneMemory, LaneStatus, LaneStep } from "./lane-step.ts";

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
}

/** The service's words in a status are cut here: Durable refuses a status of more than 16 KB, which ends the lane. */
const MOST_WORDS = 1_000;
/** However long the service asks to wait, in seconds. */
const LONGEST_ASKED = 3_600;

/** First pauses, seconds; they double from time to time. */
const HOLDS: Readonly<Record<Interruption["kind"], { state: HeldState; firstPause: number }>> = {
  throttled: { state: "throttled", firstPause: 2 },
  unclear: { state: "retrying", firstPause: 2 },
  lost: { state: "retrying", firstPause: 2 },
  blocked: { state: "blocked", firstPause: 5 },
};

/**
 * The step after one that went well.
 * @param next.shows what the service did: a hold that waits for that is over
 */
export function proceed(
  context: BatchContext,
  { failing: _failing, ...memory }: LaneMemory,
  next: { action: LaneAction; afterSeconds?: number; view?: BatchView; shows?: Hold["until"] | undefined },
): LaneStep {
  const kept = letGo(context, memory, next.shows);
  const { held } = kept;
  const state = next.action === "claim" ? "waiting" : next.action === "submit" ? "submitting" : "analysing";
  const status = held === undefined ? { state: state as LaneStatus["state"] } : statusOf(held);
  return step(context, next.action, next.afterSeconds ?? 0, kept, { ...status, ...seen(next.view) });
}

/** Forgets a hold that what the service did shows to be over. An answer shows all that an acceptance does. */
export function letGo(context: BatchContext, memory: LaneMemory, shows: Hold["until"] | undefined): LaneMemory {
  const { held, ...rest } = memory;
  if (held === undefined || shows === undefined || (shows === "accepted" && held.until === "answered")) return memory;
  if (held.state === "blocked") {
    const seconds = Math.round((context.now() - Date.parse(held.since)) / 1000);
    context.log({ event: "lane.unblocked", ...context.address, seconds });
  }
  return rest;
}

/**
 * The step after one that the service stopped: the documents stay where they are, and the lane says why it waits. What
 * must be put right is shown until it is, whatever else happens meanwhile.
 */
export function heldUp(
  context: BatchContext,
  { failing: _failing, held: before, ...memory }: LaneMemory,
  { kind, error }: Interruption,
  { after, view }: { after: "submit" | "collect"; view: BatchView },
): LaneStep {
  const { address, log } = context;
  const { state } = HOLDS[kind];
  const reason = { code: error.code, message: error.message.slice(0, MOST_WORDS), hint: error.hint };
  const now = new Date(context.now()).toISOString();
  const until = after === "submit" ? "accepted" : "answered";
  const found: Hold = { state, times: 1, since: now, reason, until };
  const held = before === undefined ? found : again(before, found);
  if (held.state === "blocked" && before?.state !== "blocked") {
    log({ event: "lane.blocked", ...address, code: reason.code, message: reason.message, since: held.since });
  }
  const pause = pauseOf(context, kind, held.times, error.retryAfterSeconds);
  if (kind === "throttled") log({ event: "service.throttled", ...address, retryAfterSeconds: pause });
  // Jobs to look at and jobs to send take turns, so that what stops the ones does not stop the others.
  const action = after === "collect" ? (view.jobs.prepared > 0 ? "submit" : "collect") : nextAfterSubmit(view);
  return step(context, action, pause, { ...memory, held }, { ...statusOf(held), ...seen(view) });
}

function nextAfterSubmit({ jobs }: BatchView): LaneAction {
  return jobs.open > 0 ? "collect" : "submit";
}

function again(before: Hold, found: Hold): Hold {
  if (before.state === found.state) return { ...found, times: before.times + 1, since: before.since };
  return before.state === "blocked" ? { ...before, times: before.times + 1 } : found;
}

function pauseOf(
  { limits }: BatchContext,
  kind: Interruption["kind"],
  times: number,
  asked: number | undefined,
): number {
  if (asked !== undefined && asked > 0 && kind !== "blocked") return Math.min(asked, LONGEST_ASKED);
  const expensive = kind === "blocked" || kind === "lost";
  const longest = expensive ? limits.longestBlockedSeconds : limits.longestLookSeconds;
  return growingDelay(times, HOLDS[kind].firstPause, longest);
}

function statusOf({ state, since, reason }: Hold): LaneStatus {
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
