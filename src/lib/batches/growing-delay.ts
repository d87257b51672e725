/**
 * Seconds to wait before try number `times` + 1: doubles from `first`, never above `longest`.
 * @param times how often it has failed so far, from 1
 */
export function growingDelay(times: number, first: number, longest: number): number {
  return Math.min(longest, first * 2 ** Math.min(30, Math.max(0, times - 1)));
}
