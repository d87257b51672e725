import type { RateLimit } from "../limits.ts";
import type { Clock } from "../time.ts";
import { tooManyRequests } from "./service-error.ts";

/** Counts requests for each feature in sliding windows. Without limits it lets everything pass. */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #limits: readonly RateLimit[];
  /** Times of recent requests by feature, oldest first. */
  readonly #recent = new Map<string, number[]>();

  constructor(clock: Clock, limits: readonly RateLimit[]) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /**
   * Counts a request for each feature, unless one is over a limit: a refused request counts for none.
   * @throws ServiceError 429 with the seconds until there is room again
   */
  take(features: readonly string[], operation: string): void {
    if (this.#limits.length === 0) return;
    const now = this.#clock.now();
    const waits = features.map((feature) => this.#wait(feature, now));
    const wait = Math.max(0, ...waits);
    if (wait > 0) throw tooManyRequests(operation, Math.max(1, Math.ceil(wait / 1_000)));
    for (const feature of new Set(features)) this.#recent.get(feature)?.push(now);
  }

  /** Milliseconds until the feature has room in every window. */
  #wait(feature: string, now: number): number {
    const longest = Math.max(...this.#limits.map(({ seconds }) => seconds * 1_000));
    const recent = (this.#recent.get(feature) ?? []).filter((time) => time > now - longest);
    this.#recent.set(feature, recent);
    const waits = this.#limits.map(({ requests, seconds }) => {
      const oldest = recent.at(-requests);
      return oldest === undefined ? 0 : oldest + seconds * 1_000 - now;
    });
    return Math.max(0, ...waits);
  }
}
