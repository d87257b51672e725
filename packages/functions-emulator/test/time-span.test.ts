import { expect, test } from "vitest";
import { parseTimeSpan } from "../src/host-json.ts";

test.each([
  ["00:00:30", 30_000],
  ["00:05", 300_000],
  ["1.02:03:04", 93_784_000],
  ["00:00:00.25", 250],
  ["00:00:00", 0],
])("%s is %d ms", (text, expected) => {
  expect(parseTimeSpan(text)).toBe(expected);
});

test.each(["30", "24:00:00", "00:60:00", "00:00:60", "0 */5 * * * *", "", "-00:00:01"])("%j is no duration", (text) => {
  expect(parseTimeSpan(text)).toBeUndefined();
});
