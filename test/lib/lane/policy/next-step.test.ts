import { expect, it } from "vitest";
import { firstStep } from "../../../../src/lib/lane/lane.ts";
import { lost } from "../../../../src/lib/lane/policy/next-step.ts";

it("a step that did not come back is tried again, and the lane says so since the first time", () => {
  const step = firstStep({ pipeline: "tickets", lane: 1 });
  const once = lost(step, new Date("2026-01-01T00:00:00Z"));
  const twice = lost(once, new Date("2026-01-01T00:00:30Z"));
  expect(twice).toEqual({
    ...step,
    afterSeconds: 10,
    status: {
      state: "failing",
      since: "2026-01-01T00:00:00.000Z",
      reason: {
        code: "StepLost",
        message: 'The step "claim" did not come back: the process died, or the step ran out of time',
        hint: expect.any(String),
      },
      nextPollAt: "2026-01-01T00:00:40.000Z",
    },
  });
});
