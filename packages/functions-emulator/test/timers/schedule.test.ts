import { describe, expect, test } from "vitest";
import { parseSchedule } from "../../src/timers/schedule.ts";

function due(text: string, count: number, after = "2026-01-01T00:00:00Z", zone = "UTC"): (string | undefined)[] {
  const schedule = parseSchedule(text, zone, "here");
  const times: (string | undefined)[] = [];
  for (let time: number | undefined = Date.parse(after); times.length < count && time !== undefined; ) {
    time = schedule.next(time);
    times.push(time === undefined ? undefined : new Date(time).toISOString().replace(".000Z", "Z"));
  }
  return times;
}

describe("NCRONTAB", () => {
  test.each([
    ["0 */5 * * * *", ["2026-01-01T00:05:00Z", "2026-01-01T00:10:00Z"]],
    ["30 0 9-10 * * *", ["2026-01-01T09:00:30Z", "2026-01-01T10:00:30Z"]],
    [
      "0 5/20 * * * *",
      ["2026-01-01T00:05:00Z", "2026-01-01T00:25:00Z", "2026-01-01T00:45:00Z", "2026-01-01T01:05:00Z"],
    ],
    ["0 30 9 * Jan Mon", ["2026-01-05T09:30:00Z", "2026-01-12T09:30:00Z"]],
    ["0 0 0 13 * 5", ["2026-02-13T00:00:00Z", "2026-03-13T00:00:00Z", "2026-11-13T00:00:00Z"]],
    ["0 0 0 * * 0", ["2026-01-04T00:00:00Z"]],
    ["0 0 0 31 2 *", [undefined]],
  ])("%s", (text, expected) => {
    expect(due(text, expected.length)).toEqual(expected);
  });

  test("is reckoned in the given time zone", () => {
    expect(due("0 0 9 * * *", 1, "2026-07-01T00:00:00Z", "Europe/Berlin")).toEqual(["2026-07-01T07:00:00Z"]);
  });

  test.each([
    "* * * * *",
    "@daily",
    "0 0 0 L * *",
    "0 0 0 ? * *",
    "0 0 0 * * 7",
    "0 61 * * * *",
    "0 0 0 * January *",
    "0 0 0 * * 1#2",
    "soon",
  ])("%s is refused", (text) => {
    expect(() => parseSchedule(text, "UTC", 'Function "f"')).toThrow(/^Function "f": ".*" is not a schedule/);
  });
});

test("a TimeSpan counts from the time before", () => {
  expect(due("00:05:00", 2)).toEqual(["2026-01-01T00:05:00Z", "2026-01-01T00:10:00Z"]);
});
