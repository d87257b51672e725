import type { ContainerClient } from "@azure/storage-blob";
import type { ResourceDescription } from "../api/pipeline-schemas.ts";
import type { Operation } from "../lane/policy/pace.ts";
import { type PaceFile, paceFile } from "../lane/store/pace-file.ts";
import type { Pipeline } from "../settings/pipeline.ts";
import { UnreadableBlobError } from "../storage/versioned-json.ts";
import { MINUTES_KEPT, type Minute } from "../usage/counters.ts";

const OPERATIONS: readonly Operation[] = ["submit", "poll"];

/**
 * How fast the Language resources that share the work of a pipeline are asked, and which of them get none of it for now: one
 * read each. Empty where the pipeline has one resource only: what holds that up, its lanes tell.
 */
export async function describeResources(
  { work, now }: { work: ContainerClient; now: number },
  pipeline: Pipeline,
  endpoints: readonly string[],
): Promise<ResourceDescription[]> {
  if (endpoints.length < 2) return [];
  return Promise.all(
    endpoints.map(async (endpoint) => describe(endpoint, await readPace(work, endpoint), { pipeline, now })),
  );
}

function describe(
  endpoint: string,
  file: PaceFile | undefined,
  { pipeline, now }: { pipeline: Pipeline; now: number },
): ResourceDescription {
  const paces = pipeline.tasks.flatMap(({ kind }) => file?.features[kind] ?? []);
  const refusedUntil = Math.max(
    0,
    ...paces.flatMap(({ refusedUntil: until }) => OPERATIONS.map((operation) => until[operation])),
  );
  const trouble = file?.troubles[pipeline.name];
  return {
    endpoint,
    // A job asks all of the tasks, so that the slowest of them sets its pace.
    ...(paces.length > 0 && {
      jobsPerMinute: Math.round(Math.min(...paces.map(({ jobsPerMinute }) => jobsPerMinute))),
    }),
    ...(refusedUntil > now && { throttledUntil: new Date(refusedUntil).toISOString() }),
    ...(trouble && {
      avoided: { since: trouble.since, until: new Date(trouble.until).toISOString(), reason: trouble.reason },
    }),
  };
}

/** Undefined for a file that cannot be read: a lane that needs it says so. */
async function readPace(work: ContainerClient, endpoint: string): Promise<PaceFile | undefined> {
  try {
    return (await paceFile(work, endpoint).read()).value;
  } catch (error) {
    if (error instanceof UnreadableBlobError) return undefined;
    throw error;
  }
}

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
