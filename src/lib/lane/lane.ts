import type { HeldState, Hold, HoldReason } from "../common/hold.ts";
import type { Operation } from "./policy/pace.ts";

/** One of a pipeline's numbered places for a batch. */
export interface LaneAddress {
  pipeline: string;
  /** 0 to the pipeline's `lanes` − 1. */
  lane: number;
}

/** The orchestration that owns a lane; its name is also the orchestrator's. */
export const LANE_ORCHESTRATION = "lane";

/** The Durable instance id of a lane: fixed, so that a lane can never run twice. */
export function laneInstanceId({ pipeline, lane }: LaneAddress): string {
  return `lane-${pipeline}-${lane}`;
}

/** What a lane can do next; each is an activity, but `close`. */
export type LaneAction = "claim" | "submit" | "collect" | "close";

/** What the lane does next, decided by the activity that just ran: the orchestrator only obeys. */
export interface LaneStep extends LaneAddress {
  action: LaneAction;
  afterSeconds: number;
  status: LaneStatus;
  memory: LaneMemory;
}

/** How a lane starts. */
export function firstStep(address: LaneAddress): LaneStep {
  return { ...address, action: "claim", afterSeconds: 0, status: { state: "starting" }, memory: {} };
}

/** What an operator sees of a lane (the orchestration's custom status). `failing`: a step of ours failed; `paused`: somebody stopped the pipeline. */
export interface LaneStatus {
  state: "starting" | "waiting" | "submitting" | "analysing" | HeldState | "paused" | "failing" | "closing";
  /** ISO 8601: since when it is held up or failing. */
  since?: string;
  /** The id of the batch in hand. */
  batch?: string;
  documents?: number;
  jobs?: JobCounts;
  reason?: HoldReason;
  /** ISO 8601: when the lane goes on; while closing, it looks at its queue a last time after this. */
  nextPollAt?: string | undefined;
}

/** What an operator sees of the batch in hand. */
export type BatchView = Pick<LaneStatus, "batch" | "documents" | "jobs">;

export interface JobCounts {
  prepared: number;
  open: number;
  done: number;
}

/** What a lane remembers from step to step. Travels through Durable history: small, and never document text. */
export interface LaneMemory {
  hold?: LaneHold;
  /** Calls that it may make, and waits for. */
  turns?: readonly Turn[];
  /** How many jobs are to be sent, where that is not the whole batch. */
  unsent?: number;
  /** There was more on the queue than it took. */
  more?: boolean;
  /** How often in a row another run of the lane was found sending. */
  busy?: number;
  /** Failures of our own steps in a row. */
  failing?: Hold;
  /** It found the queue empty, and has said that it closes. */
  closing?: boolean;
  /** The last batch, once its work blobs are gone. */
  cleaned?: string;
  /** How many documents to claim at the most, after a batch that had no room for all of its documents. */
  maxDocuments?: number;
}

/** Calls that a lane may make. Travels through Durable history while the lane waits for it. */
export interface Turn {
  operation: Operation;
  /** The resource that they are for. */
  endpoint: string;
  /** When the first of them is due, milliseconds since 1970. */
  at: number;
  /** Between two of them. */
  everyMs: number;
  calls: number;
  /** It finds out whether a resource that refused jobs has recovered. */
  trial?: true;
}

/** What holds a lane up. */
export interface LaneHold extends Hold {
  until: HoldEnd;
  /** True once the operators were told that the lane is blocked, until they are told that it is not. */
  reported: boolean;
}

/**
 * What shows that a hold is over: a job that the service accepts, a round in which every open job could be polled, or a
 * job that it answers.
 */
export type HoldEnd = "accepted" | "polled" | "answered";

/**
 * A step begins no further call to the service after this, so that it ends well within the host's `functionTimeout`
 * (10 minutes in `host.json`) even when each answer takes its whole timeout: what is left over is for the next step.
 */
export const STEP_BUDGET_MS = 120_000;
