import { expect, it } from "vitest";
import { firstLine } from "../../../src/lib/common/log.ts";

it.each([
  [new Error("The blob is gone.\nRequestId: 1\n{ dump }"), "The blob is gone."],
  [new Error(""), ""],
  ["a string that was thrown", "a string that was thrown"],
])("%o in one line", (error, line) => {
  expect(firstLine(error)).toBe(line);
});
