import { expect, it } from "vitest";
import { RateLimiter } from "../src/http/rate-limiter.ts";
import { ManualClock } from "./emulator-fixture.ts";

function allowed(limiter: RateLimiter, ...features: string[]): boolean {
  try {
    limiter.take(features, "test");
    return true;
  } catch {
    return false;
  }
}

it("keeps every window, sliding", () => {
  const clock = new ManualClock();
  const limiter = new RateLimiter(clock, [
    { requests: 2, seconds: 1 },
    { requests: 3, seconds: 10 },
  ]);
  const times = (count: number): boolean[] => Array.from({ length: count }, () => allowed(limiter, "a"));
  expect(times(3)).toEqual([true, true, false]);
  clock.advance(1);
  expect(times(2)).toEqual([true, false]);
  clock.advance(9);
  expect(times(3)).toEqual([true, true, false]);
});

it("charges a refused request to no feature", () => {
  const limiter = new RateLimiter(new ManualClock(), [{ requests: 1, seconds: 1 }]);
  expect(allowed(limiter, "a")).toBe(true);
  expect(allowed(limiter, "a", "b")).toBe(false);
  expect(allowed(limiter, "b")).toBe(true);
});

it("without limits lets everything pass", () => {
  const limiter = new RateLimiter(new ManualClock(), []);
  expect(Array.from({ length: 5 }, () => allowed(limiter, "a"))).not.toContain(false);
});
