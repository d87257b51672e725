import type { LanguageError } from "../language/language-error.ts";
import type { BatchContext } from "./batch-context.ts";
import { growingDelay } from "./growing-delay.ts";
import type { Manifest } from "./lane-file.ts";
import type { LaneAction, LaneMemory, LaneStatus, LaneStep } from "./lane-step.ts";

/** What an operator should see of the batch. */
export interface BatchView {
  manifest: Manifest;
  jobs: { prepared: number; open: number; done: number };
}

/** The service's words in a status are cut here: Durable refuses a status of more than 16 KB, which ends the lane. */
const MOST_WORDS = 1_000;

/** First pauses, seconds; they double from look to look. */
const FIRST_PAUSE = { throttled: 2, unclear: 2, blocked: 5 } as const;

/** The step after one that went well: whatever held the lane up before is over. */
export function proceed(
  context: BatchContext,
  memory: LaneMemory,
  next: { action: LaneAction; afterSeconds?: number; view?: BatchView },
): LaneStep {
  // Jobs that still wait to be sent may be what was refused: only their sending tells that it is over.
  if (next.action === "submit" && next.view !== undefined) {
    return step(context, "submit", next.afterSeconds ?? 0, memory, { state: "submitting", ...seen(next.view) });
  }
  const { blocked, throttled: _throttled, failing: _failing, ...rest } = memory;
  if (blocked !== undefined) {
    const seconds = Math.round((context.now() - Date.parse(blocked.since)) / 1000);
    context.log({ event: "lane.unblocked", ...context.address, seconds });
  }
  const state = next.action === "claim" ? "waiting" : "analysing";
  return step(context, next.action, next.afterSeconds ?? 0, rest, { state, ...seen(next.view) });
}

/** The step after one that the service stopped: the documents stay where they are, and the lane says why it waits. */
export function heldUp(
  context: BatchContext,
  memory: LaneMemory,
  view: BatchView,
  { kind, error }: { kind: "throttled" | "blocked" | "unclear"; error: LanguageError },
): LaneStep {
  const { limits, address } = context;
  const reason = { code: error.code, message: error.message.slice(0, MOST_WORDS), hint: error.hint };
  const action = view.jobs.open > 0 ? "collect" : "submit";
  if (kind === "blocked") {
    const since = memory.blocked?.since ?? new Date(context.now()).toISOString();
    const times = (memory.blocked?.times ?? 0) + 1;
    const { code, message } = reason;
    if (times === 1) context.log({ event: "lane.blocked", ...address, code, message, since });
    const pause = growingDelay(times, FIRST_PAUSE.blocked, limits.longestBlockedSeconds);
    return step(
      context,
      action,
      pause,
      { ...memory, blocked: { times, since } },
      {
        state: "blocked",
        since,
        reason,
        ...seen(view),
      },
    );
  }
  const times = (memory.throttled?.times ?? 0) + 1;
  const pause = error.retryAfterSeconds ?? growingDelay(times, FIRST_PAUSE[kind], limits.longestLookSeconds);
  if (kind === "throttled") context.log({ event: "service.throttled", ...address, retryAfterSeconds: pause });
  return step(
    context,
    action,
    pause,
    { ...memory, throttled: { times } },
    { state: "throttled", reason, ...seen(view) },
  );
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
