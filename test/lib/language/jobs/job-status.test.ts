import { describe, expect, it } from "vitest";
import { isFinished, readStatus } from "../../../../src/lib/language/jobs/job-state.ts";

describe("readStatus", () => {
  it.each([
    ["notStarted", "notStarted", false],
    ["running", "running", false],
    ["succeeded", "succeeded", true],
    ["completed", "succeeded", true],
    ["partiallyCompleted", "partiallyCompleted", true],
    ["partiallySucceeded", "partiallyCompleted", true],
    ["partiallysucceeded", "partiallyCompleted", true],
    ["failed", "failed", true],
    ["rejected", "rejected", true],
    ["cancelled", "cancelled", true],
    ["cancelling", "cancelling", false],
    ["waitingForModel", "running", false],
    ["", "running", false],
    ["constructor", "running", false],
  ])("%j is %s, finished: %s", (wire, status, finished) => {
    expect(readStatus(wire)).toBe(status);
    expect(isFinished(readStatus(wire))).toBe(finished);
  });
});
