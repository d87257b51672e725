import { describe, expect, it } from "vitest";
import { expectedEnd, paceOf, seriesOf } from "../../../src/lib/status/describe-resources.ts";

const NOON = Date.parse("2026-11-28T12:00:30.000Z");
const minuteOf = (time: number) => Math.floor(time / 60_000);
const ended = (minutesAgo: number, documents: number) => ({
  minute: minuteOf(NOON) - minutesAgo,
  documents,
  failed: 0,
  calls: documents,
});

describe("the series of an hour", () => {
  it("has a number for each minute, the lanes' together, the one under way last", () => {
    const series = seriesOf([ended(0, 3), ended(0, 4), ended(59, 5), ended(60, 100), ended(-1, 2)], NOON);
    expect(series.from).toBe("2026-11-28T11:01:00.000Z");
    expect(series.documents).toHaveLength(60);
    expect([series.documents[0], series.documents[59]]).toEqual([5, 9]);
  });
});

describe("the pace", () => {
  const pace = (...minutes: ReturnType<typeof ended>[]) => paceOf(seriesOf(minutes, NOON).documents, NOON);

  it("is that of the last five minutes, of which the last has only begun", () => {
    expect(pace(ended(20, 1), ended(4, 90), ended(3, 90), ended(2, 90), ended(1, 90), ended(0, 45))).toBe(90);
  });

  it("does not count the time before anything ended", () => {
    expect(pace(ended(1, 100), ended(0, 50))).toBe(100);
  });

  it("is nothing when nothing ended lately, and then there is no expected end", () => {
    expect(pace(ended(6, 100))).toBe(0);
    expect(expectedEnd(10, 0, NOON)).toBeUndefined();
    expect(expectedEnd(0, 10, NOON)).toBeUndefined();
    expect(expectedEnd(90, 30, NOON)).toBe("2026-11-28T12:03:30.000Z");
  });
});
