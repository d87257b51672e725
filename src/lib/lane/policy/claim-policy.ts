/** What a lane sees of the queues of its pipeline. */
export interface ClaimView {
  /** Visible messages; an estimate from 32 on. */
  visible: number;
  /** All messages, hidden ones included; an estimate. */
  total: number;
  /** Age of the oldest visible document, seconds. */
  oldestSeconds: number;
  lane: number;
  /** How long a job would wait for the service now, seconds. */
  serviceWaitSeconds: number;
  /** The lane has said that it closes. */
  closing: boolean;
  documentsPerJob: number;
  jobsPerBatch: number;
  maxWaitSeconds: number;
}

export type ClaimChoice =
  | { kind: "take"; documents: number }
  | { kind: "wait"; seconds: number }
  /** It looks a last time, and closes when it finds nothing then either. */
  | { kind: "last"; seconds: number }
  | { kind: "close" };

/** Between the announcement that a lane closes and its last poll: longer than anybody takes an open lane for granted. */
const LAST_POLL_SECONDS = 4;
/** How long to wait for messages that others hold or that were put back. */
const HIDDEN_SECONDS = 2;

/** When jobs wait so long for the service, there are more lanes than it has work for. */
const TOO_MANY_SECONDS = 15;

/**
 * Whether to take documents now. Jobs are the unit of cost, so a lane takes whole jobs' worth while there are enough
 * documents, and lets a last, half-full job wait until its oldest document has waited `maxWaitSeconds`. Only lane 0
 * waits; its siblings close when there is nothing for them.
 */
export function chooseClaim(view: ClaimView): ClaimChoice {
  if (view.lane > 0 && view.serviceWaitSeconds > TOO_MANY_SECONDS) return { kind: "close" };
  if (view.visible === 0) {
    if (view.lane > 0) return { kind: "close" };
    if (view.total > 0) return { kind: "wait", seconds: HIDDEN_SECONDS };
    return view.closing ? { kind: "close" } : { kind: "last", seconds: LAST_POLL_SECONDS };
  }
  const full = Math.floor(view.visible / view.documentsPerJob);
  if (full > 0) return { kind: "take", documents: Math.min(full, view.jobsPerBatch) * view.documentsPerJob };
  if (view.oldestSeconds >= view.maxWaitSeconds) return { kind: "take", documents: view.visible };
  if (view.lane > 0) return { kind: "close" };
  return { kind: "wait", seconds: Math.max(0.2, Math.round((view.maxWaitSeconds - view.oldestSeconds) * 10) / 10) };
}
