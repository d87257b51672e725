/**
 * How fast one feature of a Language resource is asked. Nobody knows its limit: it is documented as 1,000 calls a minute
 * (https://learn.microsoft.com/azure/ai-services/language-service/concepts/data-limits#rate-limits), others may use the
 * same resource, and whether sending and polling count together is told nowhere. So the pace is learned: it grows while
 * it holds the work up and the service takes it, and falls when the service refuses. One number, jobs a minute, paces both
 * operations, which makes both readings of the limit come out right: each job is sent once and polled about once.
 *
 * Calls are reserved in time, so there is nothing to give back: what a process that died had reserved passes with the time.
 */
export interface Pace {
  jobsPerMinute: number;
  /** From when on each operation has room, milliseconds since 1970. */
  free: Record<Operation, number>;
  /** The service wants to be left alone until then, milliseconds since 1970. */
  refusedUntil: Record<Operation, number>;
  /** When the service last refused a call for which the pace was lowered, milliseconds since 1970; absent: never. */
  refusedAt?: number | undefined;
  /** When the pace last changed, milliseconds since 1970. */
  changedAt: number;
  /** How often it grew since it was last lowered. */
  growths: number;
  /** Jobs of the last minute and of the time to come, by when they are sent, milliseconds since 1970. */
  recent: { at: number; jobs: number }[];
}

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
/** A job is polled once or, when it takes longer than its like, twice. */
const POLLS_PER_JOB = 1.15;
/** Room that nobody used is good for so long, so that a lane that comes late costs no throughput. */
const CATCH_UP_MS = 3_000;

const MINUTE_MS = 60_000;
/** Reservations of so much time are counted together. */
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
  return { at: start, everyMs: MINUTE_MS / perMinute(pace, operation) };
}

/** Reserves calls from a time on; the pace grows when it is what holds the work up. */
export function reserve(
  before: Pace,
  { operation, calls, at }: { operation: Operation; calls: number; at: number },
  now: number,
): Pace {
  const pace = operation === "submit" && before.free.submit > now ? grow(before, now) : before;
  const free = { ...pace.free, [operation]: at + (calls * MINUTE_MS) / perMinute(pace, operation) };
  return operation === "submit"
    ? { ...pace, free, recent: count(pace.recent, { at: Math.max(at, now), jobs: calls }, now) }
    : { ...pace, free };
}

function perMinute({ jobsPerMinute }: Pace, operation: Operation): number {
  return operation === "submit" ? jobsPerMinute : jobsPerMinute * POLLS_PER_JOB;
}

function count(recent: Pace["recent"], { at, jobs }: Pace["recent"][number], now: number): Pace["recent"] {
  const kept = recent.filter((one) => one.at > now - MINUTE_MS);
  const last = kept.at(-1);
  if (last === undefined || at - last.at >= PERIOD_MS) return [...kept, { at, jobs }];
  return [...kept.slice(0, -1), { at: last.at, jobs: last.jobs + jobs }];
}

/** Jobs that were sent in the last minute, as far as they were reserved. */
export function jobsOfMinute({ recent }: Pace, now: number): number {
  return recent.filter(({ at }) => at > now - MINUTE_MS && at <= now).reduce((sum, { jobs }) => sum + jobs, 0);
}

/** After each so much time in which the service took everything, the pace grows. */
const GROW_MS = 15_000;
/** A refusal is over for good only after more than the minute that the service counts. */
const QUIET_MS = 120_000;
/** The first step, as a share of the pace; the steps double, so that room which others left is found in minutes. */
const FIRST_GROWTH = 0.01;
const MOST_GROWTH = 0.25;

function grow(pace: Pace, now: number): Pace {
  const { refusedAt, growths, jobsPerMinute, changedAt } = pace;
  if (now - changedAt < GROW_MS || (refusedAt !== undefined && now - refusedAt < QUIET_MS)) return pace;
  const share = refusedAt === undefined ? 1 : Math.min(MOST_GROWTH, FIRST_GROWTH * 2 ** growths);
  const grown = Math.min(MOST_JOBS_PER_MINUTE, jobsPerMinute * (1 + share));
  return { ...pace, jobsPerMinute: grown, growths: growths + 1, changedAt: now };
}

/** The pace goes down to this share of what the service took. */
const SHRUNK = 0.975;
/** Fewer jobs than these tell nothing about a limit: somebody else uses the resource, and the pace is halved. */
const TELLING_JOBS = 10;
/** Refusals of calls that were under way already, or that come of the other operation, tell nothing new. */
const SAME_REFUSAL_MS = 10_000;
/** When the service does not say how long. */
const PAUSE_SECONDS = 5;

/** The pace after the service refused a call because of too many: once for all calls that are refused together. */
export function slowDown(
  before: Pace,
  { operation, retryAfterSeconds = PAUSE_SECONDS }: { operation: Operation; retryAfterSeconds?: number | undefined },
  now: number,
): Pace {
  const until = Math.max(before.refusedUntil[operation], now + retryAfterSeconds * 1_000);
  const pace = { ...before, refusedUntil: { ...before.refusedUntil, [operation]: until } };
  const known = Math.max(before.refusedUntil.submit, before.refusedUntil.poll, before.refusedAt ?? 0);
  if (now < known + SAME_REFUSAL_MS) return pace;
  const taken = jobsOfMinute(pace, now);
  const { jobsPerMinute } = pace;
  const lowered = taken < TELLING_JOBS ? jobsPerMinute / 2 : Math.min(jobsPerMinute, taken) * SHRUNK;
  return {
    ...pace,
    jobsPerMinute: Math.max(LEAST_JOBS_PER_MINUTE, lowered),
    refusedAt: now,
    changedAt: now,
    growths: 0,
  };
}
