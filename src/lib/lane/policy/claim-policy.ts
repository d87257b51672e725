/** What a lane sees of the queues of its pipeline. */
export interface ClaimView {
  /** Visible documents; an estimate from 32 messages on. */
  visible: number;
  /** All documents, hidden ones included; an estimate. */
  total: number;
  /** Age of the oldest visible document, seconds. */
  oldestSeconds: number;
  lane: number;
  /** How long a job would wait for the service now, seconds. */
  serviceWaitSeconds: number;
  /** The lane has said that it closes. */
  closing: boolean;
  documentsPerJob: number;
  /** Jobs of a batch: as `jobsOfBatch` has them. */
  jobsPerBatch: number;
  maxWaitSeconds: number;
}

/** How much of a pipeline's jobs a resource takes, as far as that is known. */
export interface Flow {
  jobsPerMinute: number;
  /** How long such a job takes; absent: nobody knows yet. */
  jobSeconds?: number | undefined;
}

/** Jobs of a batch while nobody knows how long they take, and of every batch of a short queue. */
export const FIRST_JOBS = 4;
/** From the claim of a batch to the next: the jobs' time, a poll somewhat later, and reading and publishing, seconds. */
const CYCLE = { jobs: 1.3, ownSeconds: 5 };

/**
 * How many jobs a lane takes at once: so many that, with as many in each of the lanes that there may be, the service has
 * as much in work as it takes. A lane waits for its batch, so with fewer it would idle while its jobs run; with more,
 * documents would wait in lanes that wait for the service. A queue that is no longer than the lanes are many is spread over them.
 * @param view.documents on the queue, this batch's among them
 * @param view.most what the settings allow
 */
export function jobsOfBatch(
  flows: readonly Flow[],
  view: { documents: number; documentsPerJob: number; lane: number; lanes: number; most: number },
): number {
  const underWay = flows.reduce(
    (sum, { jobsPerMinute, jobSeconds }) =>
      jobSeconds === undefined ? sum : sum + (jobsPerMinute / 60) * (jobSeconds * CYCLE.jobs + CYCLE.ownSeconds),
    0,
  );
  // At any time one lane is sending at the pace, and one is polled.
  const full = underWay / Math.max(1, view.lanes - 2);
  // Lanes open one after the other, so those after this one share with it what is on the queue.
  const share = view.documents / view.documentsPerJob / Math.max(1, view.lanes - view.lane);
  return Math.min(view.most, Math.max(FIRST_JOBS, Math.ceil(Math.min(full, share))));
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
