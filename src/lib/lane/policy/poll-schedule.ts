/** A look shortly after the job ended costs one request; one shortly before costs two. So the estimate is stretched. */
const STRETCH = 1.15;
/** After a look in vain: wait half of the time already waited. */
const GROWTH = 0.5;
/** How far one batch moves the estimate. */
const WEIGHT = 0.5;

/**
 * A step begins no further call after this, so that it ends well within the host's `functionTimeout` (10 minutes in
 * `host.json`) even when the service takes its whole timeout for each answer: what is left over is for the next step.
 */
export const LONGEST_ROUND_MS = 120_000;

export interface LookLimits {
  firstSeconds: number;
  longestSeconds: number;
}

/** How long to wait after submitting before the first look. */
export function firstLookSeconds(jobSeconds: number | undefined, limits: LookLimits): number {
  if (jobSeconds === undefined) return limits.firstSeconds;
  return Math.min(limits.longestSeconds, Math.max(1, jobSeconds * STRETCH));
}

/** How long to wait after a look that found the job still running `elapsedSeconds` after it was submitted. */
export function nextLookSeconds(elapsedSeconds: number, limits: LookLimits): number {
  return Math.min(limits.longestSeconds, Math.max(1, elapsedSeconds * GROWTH));
}

/** The new estimate after jobs that took `seconds` (the slowest counts: all are looked at together). */
export function learnJobSeconds(jobSeconds: number | undefined, seconds: readonly number[]): number | undefined {
  if (seconds.length === 0) return jobSeconds;
  const slowest = Math.max(...seconds);
  const estimate = jobSeconds === undefined ? slowest : jobSeconds + (slowest - jobSeconds) * WEIGHT;
  return Math.round(estimate * 10) / 10;
}
