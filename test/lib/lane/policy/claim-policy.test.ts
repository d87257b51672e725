import { describe, expect, it } from "vitest";
import { type ClaimView, chooseClaim, IDLE_POLLS } from "../../../../src/lib/lane/policy/claim-policy.ts";

const view: ClaimView = {
  visible: 0,
  total: 0,
  oldestSeconds: 0,
  lane: 0,
  emptyPolls: 0,
  documentsPerJob: 25,
  jobsPerBatch: 4,
  maxWaitSeconds: 5,
};

describe("chooseClaim", () => {
  it.each([
    ["stays open for stragglers when the queue ran empty", {}, { kind: "idle", seconds: 2, last: false }],
    ["announces its last look", { emptyPolls: IDLE_POLLS }, { kind: "idle", seconds: 4, last: true }],
    ["closes when it stayed open in vain", { emptyPolls: IDLE_POLLS + 1 }, { kind: "close" }],
    ["closes a sibling lane at once", { lane: 1 }, { kind: "close" }],
    ["waits for messages that others hold", { total: 7, emptyPolls: 9 }, { kind: "wait", seconds: 2 }],
    ["waits for the rest of a job", { visible: 10, total: 10, oldestSeconds: 2 }, { kind: "wait", seconds: 3 }],
    ["leaves a half-full job to lane 0", { visible: 10, total: 10, oldestSeconds: 2, lane: 2 }, { kind: "close" }],
    [
      "sends a half-full job that waited enough",
      { visible: 10, total: 10, oldestSeconds: 5 },
      { kind: "take", documents: 10 },
    ],
    ["takes whole jobs only", { visible: 32, total: 60, oldestSeconds: 99 }, { kind: "take", documents: 50 }],
    ["takes no more than a batch", { visible: 32, total: 5000, oldestSeconds: 0 }, { kind: "take", documents: 100 }],
    [
      "trusts what it sees over the estimate",
      { visible: 32, total: 3, oldestSeconds: 0 },
      { kind: "take", documents: 25 },
    ],
    [
      "takes single documents at once when told not to wait",
      { visible: 1, total: 1, maxWaitSeconds: 0 },
      { kind: "take", documents: 1 },
    ],
  ] as const)("%s", (_, changes, expected) => {
    expect(chooseClaim({ ...view, ...changes })).toEqual(expected);
  });

  it("never waits less than a fifth of a second, so that no lane spins", () => {
    const choice = chooseClaim({ ...view, visible: 1, total: 1, oldestSeconds: 4.999 });
    expect(choice).toEqual({ kind: "wait", seconds: 0.2 });
  });
});
