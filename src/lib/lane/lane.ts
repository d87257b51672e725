import type { HeldState, Hold, HoldReason } from "../common/hold.ts";

/** What a lane can do next; each is an activity, but `close`. */
export type LaneAction = "claim" | "submit" | "collect" | "close";

/** What an operator sees of a lane (the orchestration's custom status). `failing`: a step of ours failed. */
export interface LaneStatus {
  state: "starting" | "waiting" | "submitting" | "analysing" | HeldState | "failing" | "closing";
  /** ISO 8601: since when it is held up or failing. */
  since?: string;
  batch?: string;
  documents?: number;
  jobs?: { prepared: number; open: number; done: number };
  reason?: HoldReason;
  /** ISO 8601: when the lane looks again; while closing, its last look happens after this time. */
  nextLookAt?: string;
}

/** What holds a lane up. */
export interface LaneHold extends Hold {
  until: HoldEnd;
  /** True once the operators were told that the lane is blocked, until they are told that it is not. */
  reported: boolean;
}

/**
 * What shows that a hold is over: a job that the service accepts, a round in which every open job could be looked at, or
 * a job that it answers.
 */
export type HoldEnd = "accepted" | "seen" | "answered";

/** What a lane remembers from step to step. Travels through Durable history: small, and never document text. */
export interface LaneMemory {
  /** How long recent jobs took, seconds; the first look at the next ones comes after it. */
  jobSeconds?: number;
  held?: LaneHold;
  /** How often in a row another run of the lane was found sending. */
  busy?: number;
  /** Failures of our own steps in a row, and since when. */
  failing?: { times: number; since: string };
  /** Looks in a row that found the queue empty. */
  emptyLooks?: number;
  /** How many documents to claim at the most, after a batch that had no room for all of its documents. */
  room?: number;
}

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

/** The orchestration that owns a lane; its name is also the orchestrator's. */
export const LANE_ORCHESTRATION = "lane";

/** One of a pipeline's numbered places for a batch. */
export interface LaneAddress {
  pipeline: string;
  /** 0 to the pipeline's `lanes` − 1. */
  lane: number;
}

/** The Durable instance id of a lane: fixed, so that a lane can never run twice. */
export function laneInstanceId({ pipeline, lane }: LaneAddress): string {
  return `lane-${pipeline}-${lane}`;
}
