import type { Attempt } from "./state.ts";
import { maximumShortTimer } from "./timers.ts";

/**
 * What follows a failed attempt at `now`: a pause in milliseconds, or nothing any more because the retry timeout ran
 * out. After the last attempt Durable Task still makes a timer, of no length, before it gives the error up.
 */
export function pauseAfterFailure(attempt: Attempt, now: number): number | "timed-out" {
  const { options, number, firstAt } = attempt;
  if (isLastAttempt(attempt)) return 0;
  if (now - firstAt >= (options.retryTimeoutInMilliseconds ?? Number.POSITIVE_INFINITY)) return "timed-out";
  const pause = options.firstRetryIntervalInMilliseconds * (options.backoffCoefficient ?? 1) ** (number - 1);
  return Math.min(pause, options.maxRetryIntervalInMilliseconds ?? maximumShortTimer);
}

/** Whether this was the last attempt that the options allow. */
export function isLastAttempt({ number, options }: Attempt): boolean {
  return number >= options.maxNumberOfAttempts;
}
