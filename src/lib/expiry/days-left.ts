/** Days before an end from which on somebody is told; alerts come again 30 and 7 days before. */
const WARNING_DAYS = 90;

const DAY_MS = 24 * 60 * 60_000;

/**
 * Whole days until the day begins on which something ends; 0 on that day, negative after it.
 * @param on ISO 8601, a day or a time
 * @param now milliseconds since 1970
 */
export function daysLeft(on: string, now: number): number {
  const day = Date.parse(on.slice(0, 10));
  return Math.ceil((day - now) / DAY_MS) + 0;
}

/** True for what ends soon enough that somebody is told, or has ended. */
export function isNear(days: number): boolean {
  return days <= WARNING_DAYS;
}
