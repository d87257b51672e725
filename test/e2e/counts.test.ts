import { beforeAll, describe, expect, it } from "vitest";
import { type Counts, countDocuments } from "../../bench/count/count-documents.ts";
import { total } from "../../bench/count/storage-counter.ts";

/**
 * What a document costs is counted, not measured: the same on every machine. A change that costs one more transaction or
 * call has to say so here.
 */
describe("a hundred documents that wait together", () => {
  let counts: Counts;
  beforeAll(async () => {
    counts = await countDocuments(100);
  });

  it("cost two calls of the service for each 25, and no other", () => {
    expect(counts.jobs).toBe(4);
    expect(counts.calls).toEqual({
      "POST /language/analyze-text/jobs": 4,
      "GET /language/analyze-text/jobs/{jobId}": 4,
    });
  });

  it("cost these storage transactions of our own, and no other", () => {
    expect(counts.storage.ours).toEqual({
      "lb-tickets send": 100,
      "lb-tickets delete": 100,
      "documents read": 100,
      "results look": 100,
      "results write": 100,
      "failed list": 3,
      "lb-tickets peek": 3,
      "lb-tickets length": 3,
      "lb-tickets receive": 4,
      "language-batch-work read": 30,
      "language-batch-work look": 1,
      "language-batch-work write": 29,
      "language-batch-work lease": 2,
      "language-batch-work list": 3,
      "language-batch-work delete": 5,
    });
    expect(total(counts.storage.ours) / 100).toBeLessThan(6);
  });

  it("cost the host these for the blob events, beside its looks for new ones", () => {
    const { host } = counts.storage;
    expect(host["azure-webjobs-blobtrigger-language-batch delete"]).toBe(100);
    expect(host["documents look"]).toBe(100);
  });

  it("cost these executions, and a history that is one batch long", () => {
    expect(counts.durable).toMatchObject({
      activities: 3,
      episodes: 8,
      historyEvents: 24,
      functions: { intake: 100 },
    });
    expect(counts.durable.historyBytes).toBeLessThan(6_000);
  });

  it("and nothing but a few looks at the queue until the lane has closed", () => {
    expect(counts.closing.durable.activities).toBeLessThan(9);
  });
});
