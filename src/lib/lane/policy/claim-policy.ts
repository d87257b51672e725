/** What a lane sees of its queue. */
export interface ClaimView {
  /** Visible messages at the head of the queue; 32 stands for "32 or more". */
  visible: number;
  /** All messages, hidden ones included; an estimate. */
  total: number;
  /** Age of the oldest visible document, seconds. */
  oldestSeconds: number;
  lane: number;
  /** How often in a row the lane has found the queue empty. */
  emptyPolls: number;
  documentsPerJob: number;
  jobsPerBatch: number;
  maxWaitSeconds: number;
}

export type ClaimChoice =
  | { kind: "take"; documents: number }
  | { kind: "wait"; seconds: number }
  /** `last`: when the next poll finds nothing either, the lane closes. */
  | { kind: "idle"; seconds: number; last: boolean }
  | { kind: "close" };

/** How often lane 0 polls again after the queue ran empty, so that a trickle of documents does not reopen it each time. */
export const IDLE_POLLS = 5;
const IDLE_SECONDS = 2;
/** Between the announcement that a lane closes and its last poll: longer than anybody takes an open lane for granted. */
const LAST_POLL_SECONDS = 4;
/** How long to wait for messages that others hold or that were put back. */
const HIDDEN_SECONDS = 2;

/**
 * Whether to take documents now. Jobs are the unit of cost, so a lane takes whole jobs' worth while there are enough
 * documents, and lets a last, half-full job wait until its oldest document has waited `maxWaitSeconds`. Only lane 0
 * waits; its siblings close when there is nothing for them.
 */
export function chooseClaim(view: ClaimView): ClaimChoice {
  if (view.visible === 0) {
    if (view.lane > 0) return { kind: "close" };
    if (view.total > 0) return { kind: "wait", seconds: HIDDEN_SECONDS };
    if (view.emptyPolls > IDLE_POLLS) return { kind: "close" };
    const last = view.emptyPolls === IDLE_POLLS;
    return { kind: "idle", seconds: last ? LAST_POLL_SECONDS : IDLE_SECONDS, last };
  }
  const waiting = view.visible < 32 ? view.visible : Math.max(view.visible, view.total);
  const full = Math.floor(waiting / view.documentsPerJob);
  if (full > 0) return { kind: "take", documents: Math.min(full, view.jobsPerBatch) * view.documentsPerJob };
  if (view.oldestSeconds >= view.maxWaitSeconds) return { kind: "take", documents: waiting };
  if (view.lane > 0) return { kind: "close" };
  return { kind: "wait", seconds: Math.max(0.2, Math.round((view.maxWaitSeconds - view.oldestSeconds) * 10) / 10) };
}
