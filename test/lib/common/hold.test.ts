import { describe, expect, it } from "vitest";
import { backoffSeconds, type Hold, holdAfter, type Trouble } from "../../../src/lib/common/hold.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z");
const limits = { now: NOW, firstSeconds: 5, longestSeconds: 60 };
const trouble: Trouble = { state: "retrying", reason: { code: "C", message: "m", hint: "h" } };
const before: Hold = { ...trouble, times: 3, since: "2025-12-31T23:00:00.000Z" };

describe("a hold", () => {
  it("begins with the first failure, and its pauses double up to the longest", () => {
    const pauses: number[] = [];
    let hold: Hold | undefined;
    for (let times = 0; times < 6; times++) {
      const next = holdAfter(trouble, hold, limits);
      hold = next.hold;
      pauses.push(next.pauseSeconds);
    }
    expect(pauses).toEqual([5, 10, 20, 40, 60, 60]);
    expect(hold).toEqual({ ...trouble, times: 6, since: "2026-01-01T00:00:00.000Z" });
  });

  it("goes on when the next failure is of another kind", () => {
    const { hold } = holdAfter({ ...trouble, state: "blocked" }, before, limits);
    expect(hold).toMatchObject({ state: "blocked", times: 4, since: before.since });
  });

  it("begins anew after a throttle, which shows that the other side works", () => {
    const { hold } = holdAfter({ ...trouble, state: "blocked" }, { ...before, state: "throttled" }, limits);
    expect(hold).toMatchObject({ times: 4, since: "2026-01-01T00:00:00.000Z" });
  });

  it("pauses for as long as the other side asks", () => {
    expect(holdAfter({ ...trouble, retryAfterSeconds: 17 }, before, limits).pauseSeconds).toBe(17);
    expect(holdAfter({ ...trouble, retryAfterSeconds: 0 }, before, limits).pauseSeconds).toBe(40);
  });
});

describe("backoffSeconds", () => {
  it("doubles up to the longest", () => {
    expect([1, 2, 3, 4, 5, 6].map((times) => backoffSeconds(times, 5, 60))).toEqual([5, 10, 20, 40, 60, 60]);
  });

  it("stays finite however often it was tried", () => {
    expect(backoffSeconds(10_000, 5, 300)).toBe(300);
  });
});
