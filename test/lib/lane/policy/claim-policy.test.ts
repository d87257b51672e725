import { describe, expect, it } from "vitest";
import { type ClaimView, chooseClaim } from "../../../../src/lib/lane/policy/claim-policy.ts";

const view: ClaimView = {
  visible: 0,
  total: 0,
  oldestSeconds: 0,
  lane: 0,
  serviceWaitSeconds: 0,
  closing: false,
  documentsPerJob: 25,
  jobsPerBatch: 4,
  maxWaitSeconds: 5,
};

describe("chooseClaim", () => {
  it.each([
    ["announces a last look when the queue ran empty", {}, { kind: "last", seconds: 4 }],
    ["closes when that finds nothing", { closing: true }, { kind: "close" }],
    [
      "closes a sibling lane when jobs wait long for the service",
      { lane: 1, visible: 5000, total: 5000, serviceWaitSeconds: 31 },
      { kind: "close" },
    ],
    ["closes a sibling lane at once", { lane: 1 }, { kind: "close" }],
    ["waits for messages that others hold", { total: 7, closing: true }, { kind: "wait", seconds: 2 }],
    ["waits for the rest of a job", { visible: 10, total: 10, oldestSeconds: 2 }, { kind: "wait", seconds: 3 }],
    ["leaves a half-full job to lane 0", { visible: 10, total: 10, oldestSeconds: 2, lane: 2 }, { kind: "close" }],
    [
      "sends a half-full job that waited enough",
      { visible: 10, total: 10, oldestSeconds: 5 },
      { kind: "take", documents: 10 },
    ],
    ["takes whole jobs only", { visible: 60, total: 60, oldestSeconds: 99 }, { kind: "take", documents: 50 }],
    ["takes no more than a batch", { visible: 5000, total: 5000, oldestSeconds: 0 }, { kind: "take", documents: 100 }],
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
