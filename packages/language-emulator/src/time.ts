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
