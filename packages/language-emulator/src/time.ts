/** Time as the emulator sees it, so that a test can let 24 hours pass at once. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now() };

/** A date of a job: whole seconds, as recorded. */
export function jobDate(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** A date of a task: up to seven decimals without trailing zeros, as recorded (here never more than three). */
export function taskDate(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.?0+Z$/, "Z");
}

/** .NET counts in 100 nanoseconds from the year 1. */
const TICKS_OF_A_DAY = 864_000_000_000n;
const DAYS_BEFORE_1970 = 719_162n;

/** The ticks at which the day of a time began; some job ids end in them. */
export function ticksOfDay(milliseconds: number): bigint {
  return (BigInt(Math.floor(milliseconds / 86_400_000)) + DAYS_BEFORE_1970) * TICKS_OF_A_DAY;
}
