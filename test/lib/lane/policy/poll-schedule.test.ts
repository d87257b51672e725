import { describe, expect, it } from "vitest";
import { firstLookSeconds, learnJobSeconds, nextLookSeconds } from "../../../../src/lib/lane/policy/poll-schedule.ts";

const limits = { firstSeconds: 2, longestSeconds: 30 };

describe("look times", () => {
  it("first looks after the set time, and later after what jobs were seen to take", () => {
    expect(firstLookSeconds(undefined, limits)).toBe(2);
    expect(firstLookSeconds(4, limits)).toBeCloseTo(4.6);
    expect(firstLookSeconds(400, limits)).toBe(30);
    expect(firstLookSeconds(0.1, limits)).toBe(1);
  });

  it("waits longer the longer a job runs", () => {
    expect([0.5, 2, 10, 40, 3600].map((elapsed) => nextLookSeconds(elapsed, limits))).toEqual([1, 1, 5, 20, 30]);
  });

  it("needs two looks at most for a job that takes as long as the ones before it, give or take a tenth", () => {
    for (const seconds of [1, 3, 8, 20]) {
      const first = firstLookSeconds(seconds, limits);
      const looks = first >= seconds * 1.1 ? 1 : 2;
      expect(looks).toBe(1);
    }
  });

  it("learns from the slowest job of a batch, half a step at a time", () => {
    expect(learnJobSeconds(undefined, [1, 3, 2])).toBe(3);
    expect(learnJobSeconds(3, [1, 5])).toBe(4);
    expect(learnJobSeconds(3, [])).toBe(3);
  });
});
