import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  callsOfMinute,
  countCall,
  firstPace,
  nextSlots,
  type Operation,
  type Pace,
  reserve,
  showsApart,
  slowDown,
} from "../../../../src/lib/lane/policy/pace.ts";

const T0 = Date.parse("2026-01-01T00:00:00Z");
const MINUTE = 60_000;
const OPERATIONS = ["submit", "poll"] as const satisfies Operation[];
const operation = fc.constantFrom(...OPERATIONS);

/** So many calls that the service took, evenly over the last minute. */
function withCalls(pace: Pace, calls: Partial<Record<Operation, number>>, now: number): Pace {
  return OPERATIONS.reduce((counted, one) => {
    const count = calls[one] ?? 0;
    const times = Array.from({ length: count }, (_, n) => now - MINUTE + 2_000 + (n * (MINUTE - 2_000)) / count);
    return times.reduce((before, at) => countCall(before, one, at), counted);
  }, pace);
}

/** The pace after sending was held up by it for so long. */
function busy(before: Pace, from: number, seconds: number): Pace {
  let pace = before;
  for (let now = from; now < from + seconds * 1_000; now += 1_000) {
    pace = reserve(
      { ...pace, free: { ...pace.free, submit: now + 1 } },
      { operation: "submit", calls: 1, at: now },
      now,
    );
  }
  return pace;
}

describe("the pace of a resource", () => {
  it("doubles while the service takes everything, until it first refuses a call", () => {
    const grown = busy(firstPace(T0), T0, 46);
    expect(grown.jobsPerMinute).toBe(firstPace(T0).jobsPerMinute * 8);
  });

  it("does not grow while it is not what holds the work up", () => {
    let pace = firstPace(T0);
    for (let now = T0; now < T0 + 10 * MINUTE; now += 5_000) {
      pace = reserve(pace, { operation: "submit", calls: 1, at: nextSlots(pace, "submit", now).at }, now);
    }
    expect(pace.jobsPerMinute).toBe(firstPace(T0).jobsPerMinute);
  });

  it("falls to what the service took in the last minute, and goes up in small steps after two quiet minutes", () => {
    const pace = slowDown(withCalls(firstPace(T0), { submit: 100 }, T0), { operation: "submit" }, T0);
    expect(pace.jobsPerMinute).toBe(98);
    expect(busy(pace, T0, 119).jobsPerMinute).toBe(98);
    const [first, second] = [busy(pace, T0, 125).jobsPerMinute, busy(pace, T0, 160).jobsPerMinute];
    expect(first).toBeCloseTo(98 * 1.005);
    expect(second).toBeCloseTo(98 * 1.005 ** 2);
  });

  it("is lowered once for all calls that are refused in the minute that the service counts", () => {
    const pace = slowDown(withCalls(firstPace(T0), { submit: 100 }, T0), { operation: "submit" }, T0);
    expect(slowDown(pace, { operation: "submit" }, T0 + 59_000).jobsPerMinute).toBe(98);
    const later = withCalls(pace, { submit: 97 }, T0 + 61_000);
    expect(slowDown(later, { operation: "submit" }, T0 + 61_000).jobsPerMinute).toBeCloseTo(98 * 0.985);
  });

  it("is halved where somebody else uses the resource up", () => {
    const pace = slowDown(withCalls(firstPace(T0), { submit: 3 }, T0), { operation: "submit" }, T0);
    expect(pace.jobsPerMinute).toBe(firstPace(T0).jobsPerMinute / 2);
  });

  it("learns that both operations share one limit when both are refused, whichever of them was called more", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), operation, (submit, first) => {
        const seen = withCalls(firstPace(T0), { submit, poll: 100 - submit }, T0);
        const [one, other] = first === "submit" ? OPERATIONS : OPERATIONS.toReversed();
        const refused = slowDown(seen, { operation: one ?? "submit", retryAfterSeconds: 30 }, T0);
        const pace = slowDown(refused, { operation: other ?? "poll", retryAfterSeconds: 30 }, T0 + 500);
        expect(pace.together).toBe(true);
        expect(pace.jobsPerMinute).toBeGreaterThan(48);
        expect(pace.jobsPerMinute).toBeLessThan(49.5);
      }),
    );
  });

  it("learns that each has its own when one is taken while the other is refused", () => {
    const refused = slowDown(firstPace(T0), { operation: "submit", retryAfterSeconds: 30 }, T0);
    expect(showsApart(refused, "poll", T0 + 1_000)).toBe(false);
    expect(showsApart(refused, "poll", T0 + 3_000)).toBe(true);
    expect(showsApart({ ...refused, together: false }, "poll", T0 + 3_000)).toBe(false);
  });

  it("leaves both operations alone for as long as the service wants, where they share a limit", () => {
    const pace = slowDown({ ...firstPace(T0), together: true }, { operation: "poll", retryAfterSeconds: 30 }, T0);
    for (const one of OPERATIONS) expect(nextSlots(pace, one, T0 + 1_000).at).toBe(T0 + 30_000);
  });

  it("sends less while polls wait", () => {
    const behind = { ...firstPace(T0), together: true, free: { submit: T0, poll: T0 + 12_000 } };
    const everyMs = MINUTE / behind.jobsPerMinute;
    expect(nextSlots(behind, "submit", T0).everyMs).toBeGreaterThan(everyMs);
    expect(nextSlots(behind, "poll", T0).everyMs).toBeLessThan(everyMs);
  });

  it("counts the calls of the last minute only, and keeps no more of them", () => {
    const pace = withCalls(withCalls(firstPace(T0), { submit: 500 }, T0), { submit: 60, poll: 30 }, T0 + 3 * MINUTE);
    expect(callsOfMinute(pace, T0 + 3 * MINUTE)).toEqual({ submit: 60, poll: 30 });
    expect(pace.recent.length).toBeLessThanOrEqual(31);
  });
});

/** What may happen to a pace, and how much later than the last. */
const happening = fc.record({
  after: fc.integer({ min: 0, max: 90_000 }),
  operation,
  what: fc.oneof(
    fc.record({ calls: fc.integer({ min: 1, max: 24 }) }),
    fc.record({ retryAfterSeconds: fc.option(fc.integer({ min: 0, max: 90 }), { nil: undefined }) }),
    fc.constant("taken" as const),
  ),
});

describe("whatever happens", () => {
  it("the pace goes down only when the service refuses a call, up only by a bounded share, and stays in its bounds", () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
        let pace = firstPace(T0);
        let now = T0;
        for (const { after, operation: one, what } of happenings) {
          now += after;
          const before = pace.jobsPerMinute;
          if (what === "taken") pace = countCall(pace, one, now);
          else if ("calls" in what) {
            const { at } = nextSlots(pace, one, now);
            pace = reserve(pace, { operation: one, calls: what.calls, at }, now);
            const most = pace.refusedAt === undefined ? 2 : 1.25;
            expect(pace.jobsPerMinute).toBeGreaterThanOrEqual(before);
            expect(pace.jobsPerMinute).toBeLessThanOrEqual(before * most);
          } else {
            pace = slowDown(pace, { operation: one, ...what }, now);
            expect(pace.jobsPerMinute).toBeLessThanOrEqual(before);
          }
          expect(pace.jobsPerMinute).toBeGreaterThanOrEqual(2);
          expect(pace.jobsPerMinute).toBeLessThanOrEqual(10_000);
        }
      }),
    );
  });

  it("reserved calls are never more than the pace, in any window, but for the three seconds that may be caught up", () => {
    const reservation = fc.record({
      after: fc.integer({ min: 0, max: 5_000 }),
      operation,
      calls: fc.integer({ min: 1, max: 24 }),
    });
    const paces = fc.record({
      jobsPerMinute: fc.integer({ min: 2, max: 2_000 }),
      together: fc.constantFrom(undefined, true, false),
    });
    fc.assert(
      fc.property(paces, fc.array(reservation, { maxLength: 20 }), (learned, reservations) => {
        // Refused a moment ago, so that it does not grow meanwhile.
        let pace: Pace = { ...firstPace(T0), ...learned, refusedAt: T0, changedAt: T0 };
        let now = T0;
        const times: Record<Operation, number[]> = { submit: [], poll: [] };
        for (const { after, operation: one, calls } of reservations) {
          now += after;
          const { at, everyMs } = nextSlots(pace, one, now);
          for (let n = 0; n < calls; n++) times[one].push(Math.max(now, at + n * everyMs));
          pace = reserve(pace, { operation: one, calls, at }, now);
        }
        // Polls that wait may take what sending leaves them.
        const most = { submit: 1, poll: learned.together ? 1.3 : 1 };
        let over = 0;
        for (const one of OPERATIONS) {
          const sorted = times[one].toSorted((a, b) => a - b);
          for (const [first, from] of sorted.entries()) {
            for (let last = first; last < sorted.length; last++) {
              const windowMs = (sorted[last] ?? from) - from + 3_000;
              const allowed = 1.001 + ((learned.jobsPerMinute * most[one]) / MINUTE) * windowMs;
              over = Math.max(over, last - first + 1 - allowed);
            }
          }
        }
        expect(over).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it("calls that were reserved by a process that died cost the time that they were for, and nothing after it", () => {
    fc.assert(
      fc.property(operation, fc.integer({ min: 1, max: 100 }), (one, calls) => {
        const pace = { ...firstPace(T0), refusedAt: T0 };
        const dead = reserve(pace, { operation: one, calls, at: nextSlots(pace, one, T0).at }, T0);
        const over = dead.free[one] + 3_000;
        expect(nextSlots(dead, one, over)).toEqual(nextSlots(pace, one, over));
      }),
    );
  });

  it("a pace finds the limit of the service within minutes, uses it up and is hardly refused", () => {
    for (const limit of [40, 300]) {
      for (const counted of ["together", "apart"] as const) {
        const seen = meet(limit, counted);
        const ceiling = counted === "together" ? limit / 2 : limit;
        expect({ limit, counted, ...seen, isEnough: seen.jobs / seen.minutes > 0.93 * ceiling }).toMatchObject({
          isEnough: true,
        });
        expect(seen.refused / (seen.taken + seen.refused)).toBeLessThan(0.02);
      }
    }
  });

  it("does not sink when calls are refused whatever the pace is: every tenth leaves two fifths of the work at least", () => {
    for (const counted of ["together", "apart"] as const) {
      const seen = meet(100, counted, { refusesEvery: 10 });
      const ceiling = counted === "together" ? 50 : 100;
      expect({ counted, ...seen, isEnough: seen.jobs / seen.minutes > 0.4 * ceiling }).toMatchObject({
        isEnough: true,
      });
    }
  });

  it("follows a limit that falls to a third because others use the resource, and that comes back", () => {
    const seen = meet(300, "together", { falls: { from: 10, until: 25 } });
    const possible = (150 * 20 + 50 * 15) / 35;
    expect(seen.jobs / seen.minutes).toBeGreaterThan(0.75 * possible);
    expect(seen.refused / (seen.taken + seen.refused)).toBeLessThan(0.08);
  });
});

/** What makes it harder: of the calls so many are refused whatever the pace is; the limit is a third from one minute to another. */
interface Odds {
  refusesEvery?: number;
  falls?: { from: number; until: number };
}

/** One lane that never idles, each job polled ten seconds after it was sent, against a limit; from the fifth minute on. */
function meet(most: number, counted: "together" | "apart", { refusesEvery, falls }: Odds = {}) {
  let asked = 0;
  let pace = firstPace(T0);
  const both: number[] = [];
  const log: Record<Operation, number[]> =
    counted === "together" ? { submit: both, poll: both } : { submit: [], poll: [] };
  const toPoll: number[] = [];
  const seen = { jobs: 0, taken: 0, refused: 0, minutes: 30 };
  const next: Record<Operation, number> = { submit: T0, poll: Number.POSITIVE_INFINITY };
  const plan = (one: Operation, now: number): void => {
    const { at } = nextSlots(pace, one, now);
    pace = reserve(pace, { operation: one, calls: 1, at }, now);
    next[one] = Math.max(now, at);
  };
  plan("submit", T0);
  for (let now = T0; now < T0 + (seen.minutes + 5) * MINUTE; ) {
    const one = next.submit <= next.poll ? "submit" : "poll";
    now = next[one];
    if (now < pace.refusedUntil[one]) {
      plan(one, now);
      continue;
    }
    const isCounted = now > T0 + 5 * MINUTE;
    const recent = log[one];
    while ((recent[0] ?? now) <= now - MINUTE) recent.shift();
    const minute = (now - T0) / MINUTE;
    const limit = falls !== undefined && minute > falls.from && minute < falls.until ? most / 3 : most;
    const isOver = recent.length >= limit;
    if (isOver || (refusesEvery !== undefined && ++asked % refusesEvery === 0)) {
      const oldest = recent.at(-limit) ?? recent[0] ?? now;
      const retryAfterSeconds = isOver ? Math.max(1, Math.ceil((oldest + MINUTE - now) / 1_000)) : 1;
      pace = slowDown(pace, { operation: one, retryAfterSeconds }, now);
      if (isCounted) seen.refused++;
    } else {
      recent.push(now);
      pace = countCall(pace, one, now);
      if (showsApart(pace, one, now)) pace = { ...pace, together: false };
      if (isCounted) seen.taken++;
      if (one === "submit") toPoll.push(now + 10_000);
      else {
        toPoll.shift();
        if (isCounted) seen.jobs++;
      }
    }
    if (one === "submit") plan("submit", now);
    const due = toPoll[0];
    if (one === "poll") next.poll = Number.POSITIVE_INFINITY;
    if (next.poll === Number.POSITIVE_INFINITY && due !== undefined) plan("poll", Math.max(now, due));
  }
  return seen;
}
