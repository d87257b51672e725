import type { RetryContext, RetryOptions } from "../core-api.ts";
import { describe } from "../function-runner.ts";

/**
 * The wait before the next attempt in milliseconds, or undefined when there is none left.
 *
 * @param failed attempts that have been retries: 0 after the first attempt. A policy with -1 retries never ends.
 */
export function retryDelay(retry: RetryOptions, failed: number): number | undefined {
  if (retry.maxRetryCount >= 0 && failed >= retry.maxRetryCount) return undefined;
  if (retry.retryStrategy === "fixedDelay") return (retry.delayInterval?.seconds ?? 0) * 1000;
  const shortest = (retry.minimumInterval?.seconds ?? 0) * 1000;
  const longest = (retry.maximumInterval?.seconds ?? 0) * 1000;
  return Math.min(longest, shortest * 2 ** failed);
}

/** What a retried invocation learns of the attempts before it. */
export function retryContext(retry: RetryOptions, retryCount: number, failure: unknown): RetryContext {
  return { retryCount, maxRetryCount: retry.maxRetryCount, exception: { message: describe(failure) } };
}
