/** A poll shortly after the job ended costs one request; one shortly before costs two. So the estimate is stretched. */
const STRETCH = 1.15;
/** After a poll in vain: wait half of the time already waited. */
const GROWTH = 0.5;
/**
 * A job whose like are known to take long is left alone for so many times the longest pause: each look before its time is a
 * call in vain. Not for longer, because one job that took hours must not keep others unseen for hours.
 */
const KNOWN = 4;
/** How far one batch moves the estimate. */
const WEIGHT = 0.5;

export interface PollLimits {
  firstPollSeconds: number;
  longestPollSeconds: number;
}

/** How long to wait after submitting before the first poll. */
export function firstPoll(jobSeconds: number | undefined, limits: PollLimits): number {
  if (jobSeconds === undefined) return limits.firstPollSeconds;
  return Math.min(limits.longestPollSeconds * KNOWN, Math.max(1, jobSeconds * STRETCH));
}

/**
 * How long to wait after a poll that found the job still running `elapsedSeconds` after it was submitted.
 * @param jobSeconds how long its like take, as others have seen meanwhile
 */
export function nextPoll(elapsedSeconds: number, limits: PollLimits, jobSeconds = 0): number {
  const growing = Math.min(limits.longestPollSeconds, Math.max(1, elapsedSeconds * GROWTH));
  const expected = Math.min(limits.longestPollSeconds * KNOWN, jobSeconds * STRETCH - elapsedSeconds);
  return Math.max(growing, expected);
}

/** The new estimate after jobs that took `seconds` (the slowest counts: all are polled together). */
export function learnJobSeconds(jobSeconds: number | undefined, seconds: readonly number[]): number | undefined {
  if (seconds.length === 0) return jobSeconds;
  const slowest = Math.max(...seconds);
  const estimate = jobSeconds === undefined ? slowest : jobSeconds + (slowest - jobSeconds) * WEIGHT;
  return Math.round(estimate * 10) / 10;
}
