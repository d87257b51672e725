import { describe, expect, it } from "vitest";
import { firstPoll, learnJobSeconds, nextPoll } from "../../../../src/lib/lane/policy/poll-schedule.ts";

const limits = { firstPollSeconds: 2, longestPollSeconds: 30 };

describe("the times of polls", () => {
  it("first polls after the set time, and later after what jobs were seen to take", () => {
    expect(firstPoll(undefined, limits)).toBe(2);
    expect(firstPoll(4, limits)).toBeCloseTo(4.6);
    expect(firstPoll(60, limits)).toBe(69);
    expect(firstPoll(4_000, limits)).toBe(120);
    expect(firstPoll(0.1, limits)).toBe(1);
  });

  it("waits longer the longer a job runs", () => {
    expect([0.5, 2, 10, 40, 3600].map((elapsed) => nextPoll(elapsed, limits))).toEqual([1, 1, 5, 20, 30]);
  });

  it("waits until a job should be done, once others have shown how long such jobs take", () => {
    expect(nextPoll(5, limits, 60)).toBe(64);
    expect(nextPoll(70, limits, 60)).toBe(30);
    expect(nextPoll(5, limits, 4_000)).toBe(120);
  });

  it("needs two polls at most for a job that takes as long as the ones before it, give or take a tenth", () => {
    for (const seconds of [1, 3, 8, 20, 60]) {
      const first = firstPoll(seconds, limits);
      const polls = first >= seconds * 1.1 ? 1 : 2;
      expect(polls).toBe(1);
    }
  });

  it("learns from the slowest job of a batch, half a step at a time", () => {
    expect(learnJobSeconds(undefined, [1, 3, 2])).toBe(3);
    expect(learnJobSeconds(3, [1, 5])).toBe(4);
    expect(learnJobSeconds(3, [])).toBe(3);
  });
});
