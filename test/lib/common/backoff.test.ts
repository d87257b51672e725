import { describe, expect, it } from "vitest";
import { backoffSeconds } from "../../../src/lib/common/backoff.ts";

describe("backoffSeconds", () => {
  it("doubles up to the longest", () => {
    expect([1, 2, 3, 4, 5, 6].map((times) => backoffSeconds(times, 5, 60))).toEqual([5, 10, 20, 40, 60, 60]);
  });

  it("stays finite however often it was tried", () => {
    expect(backoffSeconds(10_000, 5, 300)).toBe(300);
  });
});
