import { type HeldState, type Hold, type HoldReason, holdAfter } from "../../common/hold.ts";
import { describeError, type EventLog } from "../../common/log.ts";
import type { SettingsError } from "../../common/problems.ts";
import type { LanguageError } from "../../language/errors/language-error.ts";
import type {
  BatchView,
  HoldEnd,
  LaneAction,
  LaneAddress,
  LaneHold,
  LaneMemory,
  LaneStatus,
  LaneStep,
} from "../lane.ts";
import type { LaneContext } from "../lane-context.ts";
import type { Pause } from "../store/pipeline-control.ts";

/** What comes after a step. */
export interface Next {
  action: LaneAction;
  view?: BatchView | undefined;
  /** What the service just did: a hold that waits for it is over. */
  shows?: readonly HoldEnd[];
}

const STATES = {
  claim: "waiting",
  submit: "submitting",
  collect: "analysing",
  close: "closing",
} as const satisfies Record<LaneAction, LaneStatus["state"]>;

/** The step went well, and the next comes at once. */
export function advance(context: LaneContext, memory: LaneMemory, next: Next): LaneStep {
  return wait(context, memory, 0, next);
}

/** The step went well, and the next comes after a while. */
export function wait(context: LaneContext, before: LaneMemory, afterSeconds: number, next: Next): LaneStep {
  const { failing: _failing, closing: _closing, ...memory } = releaseHold(context, before, next.shows ?? []);
  const status = memory.hold === undefined ? { state: STATES[next.action] } : shown(memory.hold);
  return makeStep(context.address, context.now(), {
    action: next.action,
    afterSeconds,
    memory,
    status: { ...status, ...next.view },
  });
}

/** The queue is empty, and the lane looks at it a last time before it closes. */
export function lastLook(context: LaneContext, before: LaneMemory, seconds: number): LaneStep {
  const { failing: _failing, ...memory } = before;
  return makeStep(context.address, context.now(), {
    action: "claim",
    afterSeconds: seconds,
    memory: { ...memory, closing: true },
    status: { state: "closing" },
  });
}

/** A lane of a pipeline that somebody stopped looks again after so many seconds: so soon it goes on once it may. */
const PAUSED_SECONDS = 10;

/** Somebody stopped the pipeline: what the lane has stays as it is, and its status says who and why. */
export function pause(
  context: LaneContext,
  before: LaneMemory,
  { mode, by, reason, since }: Pause,
  next: Next,
): LaneStep {
  const { failing: _failing, closing: _closing, ...memory } = releaseHold(context, before, next.shows ?? []);
  const status = {
    state: "paused" as const,
    since,
    reason: {
      code: mode === "pause" ? "Paused" : "Drained",
      message: `${by} ${mode === "pause" ? "paused" : "drained"} the pipeline: ${reason}`,
      hint: "POST /api/pipelines/{name}/resume lets it go on; nothing is lost meanwhile.",
    },
    ...next.view,
  };
  return makeStep(context.address, context.now(), {
    action: next.action,
    afterSeconds: PAUSED_SECONDS,
    memory,
    status,
  });
}

/** There is nothing to do for the lane any more. */
export function close(context: LaneContext, memory: LaneMemory): LaneStep {
  return wait(context, memory, 0, { action: "close" });
}

/** What keeps a batch from going on. */
export interface Interruption {
  /** `unclear`: a call failed, and nobody knows why; `lost`: a job was accepted, and its work is gone. */
  kind: "throttled" | "blocked" | "unclear" | "lost";
  error: LanguageError;
  until: HoldEnd;
  /** It is about our harmless text, which may be quoted; otherwise the error tells nothing that may hold a document's. */
  isOurText?: boolean | undefined;
}

/** Pauses, seconds: the first of them, and whether they grow beyond the pauses between two polls of a job. */
const HOLDS: Readonly<Record<Interruption["kind"], { state: HeldState; firstSeconds: number; costly?: true }>> = {
  throttled: { state: "throttled", firstSeconds: 2 },
  unclear: { state: "retrying", firstSeconds: 2 },
  lost: { state: "retrying", firstSeconds: 2, costly: true },
  blocked: { state: "blocked", firstSeconds: 5, costly: true },
};

/** The service's words in a status are cut here: Durable refuses a status of more than 16 KB, which ends the lane. */
const MOST_WORDS = 1_000;
const LONGEST_CODE = 100;
/** Trouble that is nobody's fault here is shown and reported as blocked once it lasts so long: somebody should look. */
const PATIENCE_MS = 30 * 60_000;

/** The service stopped the step: the documents stay where they are, and the lane says why it waits. */
export function hold(
  context: LaneContext,
  { failing: _failing, hold: before, ...memory }: LaneMemory,
  { kind, error, until, isOurText }: Interruption,
  next: { action: LaneAction; view: BatchView },
): LaneStep {
  const { address, limits, log } = context;
  const { firstSeconds, costly } = HOLDS[kind];
  const now = context.now();
  const state = stateOf(kind, before, now);
  const reason = {
    code: error.code.slice(0, LONGEST_CODE),
    message: (isOurText ? error.message : error.publicMessage).slice(0, MOST_WORDS),
    hint: error.hint,
  };
  const { hold: grown, pauseSeconds } = holdAfter(
    { state, reason, retryAfterSeconds: kind === "blocked" ? undefined : error.retryAfterSeconds },
    before,
    { now, firstSeconds, longestSeconds: costly ? limits.longestBlockedSeconds : limits.longestPollSeconds },
  );
  const held: LaneHold = { ...grown, until, reported: before?.reported === true || state === "blocked" };
  if (held.reported && before?.reported !== true) {
    const { code, message } = reason;
    log({ event: "lane.blocked", ...address, code, message, since: held.since });
  }
  if (kind === "throttled") log({ event: "service.throttled", ...address, retryAfterSeconds: pauseSeconds });
  return makeStep(address, now, {
    action: next.action,
    afterSeconds: pauseSeconds,
    memory: { ...memory, hold: held },
    status: { ...shown(held), ...next.view },
  });
}

function stateOf(kind: Interruption["kind"], before: LaneHold | undefined, now: number): HeldState {
  const { state } = HOLDS[kind];
  if (state !== "retrying" || before === undefined || before.state === "throttled") return state;
  const lasts = before.state === "blocked" || now - Date.parse(before.since) > PATIENCE_MS;
  return lasts ? "blocked" : state;
}

/** Forgets a hold that what the service did shows to be over. */
export function releaseHold(context: LaneContext, memory: LaneMemory, shows: readonly HoldEnd[]): LaneMemory {
  return memory.hold !== undefined && shows.includes(memory.hold.until) ? clearHold(context, memory) : memory;
}

/** Forgets a hold, and tells the operators if they were told of it. A hold ends with its batch at the latest. */
export function clearHold({ log, address, now }: LaneContext, { hold: held, ...memory }: LaneMemory): LaneMemory {
  if (held?.reported) {
    log({ event: "lane.unblocked", ...address, seconds: Math.round((now() - Date.parse(held.since)) / 1000) });
  }
  return memory;
}

/** A failure that nobody foresaw is tried again after these pauses, seconds. */
const FAILING = { firstSeconds: 2, longestSeconds: 120 };

/** A step of ours failed: it is tried again. */
export function fail({ address, log, ...context }: LaneContext, step: LaneStep, error: unknown): LaneStep {
  const now = context.now();
  const message = describeError(error).slice(0, 500);
  log({ event: "lane.failing", ...address, action: step.action, message });
  const reason = {
    code: "StepFailed",
    message: `The step "${step.action}" failed: ${message}`,
    hint: "The lane keeps its documents and tries again. If this lasts, look at the storage account and the logs.",
  };
  const { hold: failing, pauseSeconds } = holdAfter({ state: "retrying", reason }, step.memory.failing, {
    now,
    ...FAILING,
  });
  return makeStep(address, now, {
    action: step.action,
    afterSeconds: pauseSeconds,
    memory: { ...step.memory, failing },
    status: { ...step.status, ...shown(failing), state: "failing" },
  });
}

/** A step that never came back is tried again after this, in seconds. */
const LOST_PAUSE = 10;

/**
 * The same step again, after its activity was lost; failures inside an activity never come this far.
 * @param now the orchestration's time
 */
export function lost(step: LaneStep, now: Date): LaneStep {
  const { state, since = now.toISOString() } = step.status;
  const reason = {
    code: "StepLost",
    message: `The step "${step.action}" did not come back: the process died, or the step ran out of time`,
    hint: "The lane keeps its documents and tries again. If this lasts, look at the exceptions and the memory of the app.",
  };
  return makeStep(step, now.getTime(), {
    action: step.action,
    afterSeconds: LOST_PAUSE,
    memory: step.memory,
    status: {
      ...step.status,
      state: "failing",
      since: state === "failing" ? since : now.toISOString(),
      reason,
    },
  });
}

/** Pauses of a lane that is not configured, seconds; the longest is shorter than the window of the alert `lane-blocked`. */
const UNCONFIGURED = { firstSeconds: 30, longestSeconds: 900 };

/**
 * A lane whose pipeline was taken out of `pipelines.json` keeps its documents and says so, each time: the sweep reports
 * only the pipelines that there are.
 */
export function holdWithoutPipeline(step: LaneStep, now: number, log: EventLog): LaneStep {
  const reason = {
    code: "PipelineNotConfigured",
    message: `pipelines.json has no pipeline "${step.pipeline}"`,
    hint: "Put the pipeline back to finish its documents; when it is not wanted any more, terminate this instance and empty its two queues.",
  };
  return holdUnconfigured(step, reason, now, log);
}

/** A lane of an app whose settings are wrong keeps its documents and says so. */
export function holdOnSettings(step: LaneStep, error: SettingsError, now: number, log: EventLog): LaneStep {
  const message = error.message.slice(0, MOST_WORDS);
  const hint = "Correct what GET /api/health lists; the lane goes on by itself.";
  return holdUnconfigured(step, { code: "InvalidSettings", message, hint }, now, log);
}

function holdUnconfigured(step: LaneStep, reason: HoldReason, now: number, log: EventLog): LaneStep {
  const { pipeline, lane } = step;
  const before = step.memory.hold;
  const { hold: grown, pauseSeconds } = holdAfter({ state: "blocked", reason }, before, { now, ...UNCONFIGURED });
  const { code, message } = reason;
  log({ event: "lane.blocked", pipeline, lane, code, message, since: grown.since });
  return makeStep(step, now, {
    action: step.action,
    afterSeconds: pauseSeconds,
    memory: { ...step.memory, hold: { ...grown, until: "polled", reported: true } },
    status: { ...step.status, ...shown(grown) },
  });
}

function makeStep(
  { pipeline, lane }: LaneAddress,
  now: number,
  { action, afterSeconds, memory, status }: Omit<LaneStep, keyof LaneAddress>,
): LaneStep {
  const nextPollAt = new Date(now + afterSeconds * 1000).toISOString();
  return { pipeline, lane, action, afterSeconds, memory, status: { ...status, nextPollAt } };
}

function shown({ state, since, reason }: Hold): Pick<LaneStatus, "state" | "since" | "reason"> {
  return { state, since, reason };
}
