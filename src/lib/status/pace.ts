import { MINUTES_KEPT, type Minute } from "../usage/counters.ts";

/** The pace is that of so many minutes. */
const PACE_MINUTES = 5;

/** What ended in each minute of the last hour, oldest first. */
export interface Series {
  /** When the first minute begins, ISO 8601. */
  from: string;
  stepSeconds: 60;
  documents: number[];
  failed: number[];
  calls: number[];
}

/** @param minutes of several lanes, in any order @param now milliseconds since 1970 */
export function seriesOf(minutes: readonly Minute[], now: number): Series {
  const last = Math.floor(now / 60_000);
  const first = last - MINUTES_KEPT + 1;
  const empty = (): number[] => Array<number>(MINUTES_KEPT).fill(0);
  const series = { documents: empty(), failed: empty(), calls: empty() };
  for (const { minute, ...counts } of minutes) {
    // A clock that goes ahead of ours counts to this minute.
    const index = Math.min(minute, last) - first;
    if (index < 0) continue;
    for (const key of ["documents", "failed", "calls"] as const)
      series[key][index] = (series[key][index] ?? 0) + counts[key];
  }
  return { from: new Date(first * 60_000).toISOString(), stepSeconds: 60, ...series };
}

/**
 * What ended a minute, over the last minutes; where nothing had ended before them, over the time since something did.
 * @param counts by minute, oldest first, the one under way last
 */
export function paceOf(counts: readonly number[], now: number): number {
  const recent = counts.slice(-PACE_MINUTES);
  const begun = recent.findIndex((count) => count > 0);
  if (begun < 0) return 0;
  const isNew = counts.slice(0, -PACE_MINUTES).every((count) => count === 0);
  const underWay = (now % 60_000) / 60_000;
  const minutes = (isNew ? recent.length - begun : recent.length) - 1 + underWay;
  return Math.round((recent.reduce((sum, count) => sum + count, 0) / Math.max(1, minutes)) * 10) / 10;
}

/** When so many documents have ended at this pace, ISO 8601; undefined where there is nothing to reckon. */
export function expectedEnd(documents: number, perMinute: number, now: number): string | undefined {
  if (documents === 0 || perMinute === 0) return undefined;
  return new Date(now + (documents / perMinute) * 60_000).toISOString();
}
