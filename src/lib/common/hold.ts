import { z } from "zod";

/** Why something is held up or not done, and what to do; for whoever reads it. */
export const reasonSchema = z.object({ code: z.string(), message: z.string(), hint: z.string() });
export type HoldReason = z.output<typeof reasonSchema>;

/** What holds work up, until it is known to be over. */
export const holdSchema = z.object({
  /**
   * How work is held up by something outside:
   * - `throttled`: told to wait,
   * - `retrying`: it fails for no reason that anybody could put right here,
   * - `blocked`: a setting, a right or a resource is wrong.
   */
  state: z.enum(["throttled", "retrying", "blocked"]),
  /** Failures in a row; the pauses grow with them. */
  times: z.int(),
  /** ISO 8601. */
  since: z.string(),
  reason: reasonSchema,
});
export type Hold = z.output<typeof holdSchema>;
export type HeldState = Hold["state"];

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

/**
 * Seconds to wait before try number `times` + 1: doubles from `first`, never above `longest`.
 * @param times how often it has failed so far, from 1
 */
export function backoffSeconds(times: number, first: number, longest: number): number {
  return Math.min(longest, first * 2 ** Math.min(30, Math.max(0, times - 1)));
}

/** However long the service asks to wait, in seconds. */
const LONGEST = 3_600;

/** The pause that the service asked for, seconds; undefined when it is none: a pause of its own that grows is due then. */
export function retryAfter(seconds: number | undefined): number | undefined {
  return seconds !== undefined && seconds > 0 ? Math.min(seconds, LONGEST) : undefined;
}
