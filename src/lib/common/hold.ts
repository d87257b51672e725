import { backoffSeconds, retryAfter } from "./backoff.ts";

/**
 * How work is held up by something outside:
 * - `throttled`: told to wait,
 * - `retrying`: it fails for no reason that anybody could put right here,
 * - `blocked`: a setting, a right or a resource is wrong.
 */
export type HeldState = "throttled" | "retrying" | "blocked";

/** Why work is held up, and what to do. */
export interface HoldReason {
  code: string;
  message: string;
  hint: string;
}

/** What holds work up, until it is known to be over. */
export interface Hold {
  state: HeldState;
  /** Failures in a row; the pauses grow with them. */
  times: number;
  /** ISO 8601. */
  since: string;
  reason: HoldReason;
}

/** One more failure. */
export interface Trouble {
  state: HeldState;
  reason: HoldReason;
  /** What the other side asked to wait; leave it out where somebody has to put something right. */
  retryAfterSeconds?: number | undefined;
}

export interface HoldLimits {
  /** Milliseconds since 1970. */
  now: number;
  /** The pause after the first failure; it doubles with each further one. */
  firstSeconds: number;
  longestSeconds: number;
}

/**
 * The hold after one more failure, and how long to wait before the next try.
 * @param before what held the work up until now; its count goes on, whatever kind of failure this is
 */
export function holdAfter(
  { state, reason, retryAfterSeconds }: Trouble,
  before: Hold | undefined,
  { now, firstSeconds, longestSeconds }: HoldLimits,
): { hold: Hold; pauseSeconds: number } {
  const times = (before?.times ?? 0) + 1;
  // Whoever throttles works: trouble of another kind begins after it.
  const begins = before === undefined || (before.state === "throttled" && state !== "throttled");
  const since = begins ? new Date(now).toISOString() : before.since;
  return {
    hold: { state, times, since, reason },
    pauseSeconds: retryAfter(retryAfterSeconds) ?? backoffSeconds(times, firstSeconds, longestSeconds),
  };
}
