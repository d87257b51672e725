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
