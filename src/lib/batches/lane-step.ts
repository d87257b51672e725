import type { LaneAddress } from "./lane-name.ts";

/** What a lane can do next; each is an activity, but `close`. */
export type LaneAction = "claim" | "submit" | "collect" | "close";

/** What an operator sees of a lane (the orchestration's custom status). */
export interface LaneStatus {
  state: "starting" | "waiting" | "submitting" | "analysing" | "throttled" | "blocked" | "failing" | "closing";
  /** ISO 8601. */
  since?: string;
  batch?: string;
  documents?: number;
  jobs?: { prepared: number; open: number; done: number };
  /** Why it is blocked or failing, and what to do. */
  reason?: { code: string; message: string; hint: string };
  /** ISO 8601: when the lane looks again; while closing, its last look happens after this time. */
  nextLookAt?: string;
}

/** What a lane remembers from step to step. Travels through Durable history: small, and never document text. */
export interface LaneMemory {
  /** How long recent jobs took, seconds; the first look at the next ones comes after it. */
  jobSeconds?: number;
  /** Refusals in a row, and since when. */
  blocked?: { times: number; since: string };
  throttled?: { times: number };
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
