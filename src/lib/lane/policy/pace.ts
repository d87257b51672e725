import { z } from "zod";

const byOperation = z.object({ submit: z.number(), poll: z.number() });

/**
 * How fast one feature of a Language resource is asked. Nobody knows its limit: it is documented as 1,000 calls a minute
 * (https://learn.microsoft.com/azure/ai-services/language-service/concepts/data-limits#rate-limits), others may use the
 * same resource, and whether sending and polling count together is told nowhere. So the pace is learned: it grows while
 * it holds the work up and the service takes it, and falls when the service refuses. One number, jobs a minute, paces both
 * operations, which makes both readings of the limit come out right: each job is sent once and polled about once.
 *
 * Calls are reserved in time, so there is nothing to give back: what a process that died had reserved passes with the time.
 */
export const paceSchema = z.object({
  jobsPerMinute: z.number().positive(),
  /** From when on each operation has room, milliseconds since 1970. */
  free: byOperation,
  /** The service wants to be left alone until then, milliseconds since 1970. */
  refusedUntil: byOperation,
  /** When the service last refused a call for which the pace was lowered, milliseconds since 1970; absent: never. */
  refusedAt: z.number().optional(),
  /** Whether both operations share one limit: seen when one is refused, by what becomes of the other. */
  together: z.boolean().optional(),
  /** When the pace last changed, milliseconds since 1970. */
  changedAt: z.number(),
  /** How often it grew since it was last lowered. */
  growths: z.int().min(0),
  /** The most jobs that the service took in a minute since it last took everything for some time. */
  most: z.number().optional(),
  /** Refusals were seen to come whatever the pace is: a few of them lower it no more. */
  noisy: z.literal(true).optional(),
  /** Calls that the service took in the last minute, and those that it refused, by when, milliseconds since 1970. */
  recent: z.array(z.object({ at: z.number(), submit: z.int(), poll: z.int(), refused: z.int().optional() })),
});
export type Pace = z.output<typeof paceSchema>;

/** What a job needs of the service: to be sent, and to be polled. */
export type Operation = "submit" | "poll";

/** Reserved calls: the first at `at`, each further one `everyMs` later. */
export interface Slots {
  /** Milliseconds since 1970. */
  at: number;
  everyMs: number;
}

/** A first guess that a resource of the standard tier bears; it doubles quickly where it is too low. */
const FIRST_JOBS_PER_MINUTE = 150;
const LEAST_JOBS_PER_MINUTE = 2;
/** Containers of the service have no limit; our own steps have. */
const MOST_JOBS_PER_MINUTE = 10_000;
/** While polls wait longer than this, less is sent; where both share a limit, polls take what that leaves. */
const POLLS_BEHIND_MS = 10_000;
const SENT_LESS = 0.3;
/** Room that nobody used is good for so long, so that a lane that comes late costs no throughput. */
const CATCH_UP_MS = 3_000;

const MINUTE_MS = 60_000;
/** Calls of so much time are counted together. */
const PERIOD_MS = 2_000;

/** The pace of a feature that was never asked. */
export function firstPace(now: number): Pace {
  return {
    jobsPerMinute: FIRST_JOBS_PER_MINUTE,
    free: { submit: now, poll: now },
    refusedUntil: { submit: 0, poll: 0 },
    changedAt: now,
    growths: 0,
    recent: [],
  };
}

/** When calls that are reserved now would be made. */
export function nextSlots(pace: Pace, operation: Operation, now: number): Slots {
  const start = Math.max(pace.free[operation], pace.refusedUntil[operation], now - CATCH_UP_MS);
  return { at: start, everyMs: MINUTE_MS / perMinute(pace, operation, now) };
}

/** Reserves calls from a time on; the pace grows when it is what holds the work up. */
export function reserve(
  before: Pace,
  { operation, calls, at }: { operation: Operation; calls: number; at: number },
  now: number,
): Pace {
  const pace = operation === "submit" && before.free.submit > now ? grow(before, now) : before;
  const until = at + (calls * MINUTE_MS) / perMinute(pace, operation, now);
  return { ...pace, free: { ...pace.free, [operation]: until } };
}

function perMinute({ jobsPerMinute, free, together }: Pace, operation: Operation, now: number): number {
  if (free.poll - now < POLLS_BEHIND_MS) return jobsPerMinute;
  if (together) return jobsPerMinute * (operation === "poll" ? 1 + SENT_LESS : 1 - SENT_LESS);
  return jobsPerMinute * (operation === "poll" ? 1 : 1 - SENT_LESS / 3);
}

/** The pace with a call that the service took. */
export function countCall(pace: Pace, operation: Operation, at: number): Pace {
  return counted(pace, at, (period) => ({ ...period, [operation]: period[operation] + 1 }));
}

type Period = Pace["recent"][number];

function counted(pace: Pace, at: number, count: (period: Period) => Period): Pace {
  const begun = Math.floor(at / PERIOD_MS) * PERIOD_MS;
  const kept = pace.recent.filter((period) => period.at > at - MINUTE_MS - PERIOD_MS);
  const before = kept.find((period) => period.at === begun) ?? { at: begun, submit: 0, poll: 0 };
  return { ...pace, recent: [...kept.filter((period) => period !== before), count(before)] };
}

function lastMinute({ recent }: Pace, now: number): Period[] {
  return recent.filter(({ at }) => at > now - MINUTE_MS);
}

/** Which share of the last minute's calls the service refused, 0 to 1. */
function refusedShare(pace: Pace, now: number): number {
  const refused = lastMinute(pace, now).reduce((sum, period) => sum + (period.refused ?? 0), 0);
  const { submit, poll } = callsOfMinute(pace, now);
  return refused / Math.max(1, refused + submit + poll);
}

/** Calls that the service took in the last minute. */
export function callsOfMinute(pace: Pace, now: number): Record<Operation, number> {
  const last = lastMinute(pace, now);
  const sum = (operation: Operation) => last.reduce((calls, period) => calls + period[operation], 0);
  return { submit: sum("submit"), poll: sum("poll") };
}

/** After each so much time in which the service took everything, the pace grows. */
const GROW_MS = { first: 15_000, later: 30_000 };
/** A refusal is over for good only after more than the minute that the service counts. */
const QUIET_MS = 120_000;
/** The first step, as a share of the pace; the steps double, so that room which others left is found in minutes. */
const FIRST_GROWTH = 0.005;
const MOST_GROWTH = 0.25;

function grow(pace: Pace, now: number): Pace {
  const { refusedAt, growths, jobsPerMinute, changedAt } = pace;
  const isFirst = refusedAt === undefined;
  if (now - changedAt < (isFirst ? GROW_MS.first : GROW_MS.later)) return pace;
  if (!isFirst && now - refusedAt < QUIET_MS) return pace;
  const share = isFirst ? 1 : Math.min(MOST_GROWTH, FIRST_GROWTH * 2 ** Math.floor(growths / 2));
  const grown = Math.min(MOST_JOBS_PER_MINUTE, jobsPerMinute * (1 + share));
  const { most: _most, noisy: _noisy, ...quiet } = pace;
  return { ...quiet, jobsPerMinute: grown, growths: growths + 1, changedAt: now };
}

/** The pace goes down to this share of what the service took, or of itself where the two are near. */
const SHRUNK = { far: 0.98, near: 0.985 };
/** Fewer jobs than these tell nothing about a limit: somebody else uses the resource, and the pace is halved. */
const TELLING_JOBS = 10;
/** What other processes did in the last seconds is not known yet, so a count tells only of a pace that is far too high. */
const FAR = 0.85;
/** When the service does not say how long. */
const PAUSE_SECONDS = 5;
/**
 * A limit is met by going under it. Who is refused still at half of what the service took before is refused for another
 * reason, and the pace grows again: until more calls than this share are refused, which tells of a limit after all.
 */
const NOISE = { below: 0.5, share: 0.15, growth: 0.25 };

/** The pace after the service refused a call because of too many: lowered once for all calls that are refused together. */
export function slowDown(
  before: Pace,
  { operation, retryAfterSeconds = PAUSE_SECONDS }: { operation: Operation; retryAfterSeconds?: number | undefined },
  now: number,
): Pace {
  const other = otherOf(operation);
  const isPair = before.together === undefined && before.refusedUntil[other] > now;
  const together = before.together ?? (isPair ? true : undefined);
  const until = Math.max(before.refusedUntil[operation], now + retryAfterSeconds * 1_000);
  const refusedUntil = { ...before.refusedUntil, [operation]: until };
  if (together) refusedUntil[other] = Math.max(until, refusedUntil[other]);
  const seen = counted(before, now, (period) => ({ ...period, refused: (period.refused ?? 0) + 1 }));
  const pace: Pace = { ...seen, refusedUntil, ...(together === undefined ? {} : { together }) };
  // Until the minute that the service counts is over, refusals tell of calls made before the pace was lowered.
  if (!isPair && before.refusedAt !== undefined && now < before.refusedAt + MINUTE_MS) return pace;
  const calls = callsOfMinute(pace, now);
  const taken = together ? (calls.submit + calls.poll) / 2 : Math.max(calls.submit, calls.poll);
  const { jobsPerMinute } = pace;
  // Both were refused: what was taken is known to be both together, and the first refusal to have been read otherwise.
  const isFar = taken < jobsPerMinute * (isPair ? 1 : FAR);
  const lowered = taken < TELLING_JOBS ? jobsPerMinute / 2 : isFar ? taken * SHRUNK.far : jobsPerMinute * SHRUNK.near;
  const { most: known = 0, noisy, ...rest } = pace;
  const isNoisy = !isPair && (noisy === true || lowered < known * NOISE.below);
  const isNoise = isNoisy && refusedShare(pace, now) < NOISE.share;
  return {
    ...rest,
    jobsPerMinute: Math.max(LEAST_JOBS_PER_MINUTE, isNoise ? jobsPerMinute * (1 + NOISE.growth) : lowered),
    refusedAt: now,
    changedAt: now,
    growths: 0,
    most: isPair || (isNoisy && !isNoise) ? taken : Math.max(known, taken),
    ...(isNoise && { noisy: true }),
  };
}

function otherOf(operation: Operation): Operation {
  return operation === "submit" ? "poll" : "submit";
}

/** Times that the service tells are rounded up to whole seconds. */
const ROUNDED_MS = 2_000;

/** Whether a call that the service took shows that the operations have a limit each: it took one while it refuses the other. */
export function showsApart(
  { together, refusedUntil, refusedAt = 0 }: Pace,
  operation: Operation,
  now: number,
): boolean {
  const isOtherRefused = refusedUntil[otherOf(operation)] > now + ROUNDED_MS && now > refusedAt + ROUNDED_MS;
  return together !== false && isOtherRefused && refusedUntil[operation] < now;
}
