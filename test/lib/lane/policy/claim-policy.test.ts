import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ClaimView, chooseClaim, jobsOfBatch } from "../../../../src/lib/lane/policy/claim-policy.ts";

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

describe("jobsOfBatch", () => {
  const backlog = { documents: 1_000_000, documentsPerJob: 25, lane: 0, lanes: 32, most: 24 };

  it.each([
    ["begins with four jobs, while nobody knows how long they take", [{ jobsPerMinute: 500 }], {}, 4],
    ["stays with four where they fill what the service takes", [{ jobsPerMinute: 500, jobSeconds: 5 }], {}, 4],
    ["fills the service's limit with jobs of half a minute", [{ jobsPerMinute: 500, jobSeconds: 30 }], {}, 13],
    ["takes more where there are fewer lanes", [{ jobsPerMinute: 50, jobSeconds: 60 }], { lanes: 6 }, 18],
    ["takes no more than is allowed", [{ jobsPerMinute: 10_000, jobSeconds: 600 }], {}, 24],
    ["takes fewer where fewer are allowed", [{ jobsPerMinute: 500, jobSeconds: 60 }], { most: 2 }, 2],
    ["spreads a short queue over the lanes", [{ jobsPerMinute: 500, jobSeconds: 60 }], { documents: 3_200 }, 4],
    ["spreads one somewhat longer evenly", [{ jobsPerMinute: 500, jobSeconds: 60 }], { documents: 8_000 }, 10],
    [
      "leaves nothing of a queue that ends for a round of its own",
      [{ jobsPerMinute: 500, jobSeconds: 60 }],
      { documents: 500, lane: 31 },
      20,
    ],
    [
      "counts what several resources take together",
      [{ jobsPerMinute: 250, jobSeconds: 30 }, { jobsPerMinute: 250, jobSeconds: 30 }, { jobsPerMinute: 9 }],
      {},
      13,
    ],
    ["goes on with four while no resource takes jobs", [], {}, 4],
  ] as const)("%s", (_, flows, changes, expected) => {
    expect(jobsOfBatch(flows, { ...backlog, ...changes })).toBe(expected);
  });

  it("lets the lanes have together what the service takes while a batch is under way, and hardly more", () => {
    const some = fc.record({
      jobsPerMinute: fc.integer({ min: 2, max: 2_000 }),
      jobSeconds: fc.integer({ max: 300, min: 1 }),
    });
    fc.assert(
      fc.property(some, fc.integer({ min: 1, max: 32 }), (flow, lanes) => {
        const inLanes = jobsOfBatch([flow], { ...backlog, lanes, most: 100_000 }) * lanes;
        const taken = (flow.jobsPerMinute * flow.jobSeconds) / 60;
        expect(inLanes).toBeGreaterThanOrEqual(Math.min(taken, 40_000));
        expect(inLanes).toBeLessThanOrEqual(
          Math.max(4 * lanes, ((taken * 1.3 + flow.jobsPerMinute / 12) * lanes) / Math.max(1, lanes - 2) + lanes),
        );
      }),
    );
  });
});
