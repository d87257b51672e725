import { beforeAll, describe, expect, it } from "vitest";
import { type Counts, countDocuments } from "../../bench/count/count-documents.ts";
import { total } from "../../bench/count/storage-counter.ts";
import { COST_MODEL } from "../../scripts/cost/cost-model.ts";

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
    const { "language-batch-work read": reads = 0, ...others } = withQueuesTogether(counts.storage.ours);
    // What was learned of the service's pace is read again after some seconds, on a slow machine more often.
    expect(reads).toBeGreaterThanOrEqual(12);
    expect(reads).toBeLessThanOrEqual(15);
    const { "queues send": sent = 0, "queues delete": deleted, "queues receive": received, ...counted } = others;
    // Documents that come together share messages: the host gives out 16 at a time at the most, and a message takes 25.
    expect(sent).toBeGreaterThanOrEqual(7);
    expect(sent).toBeLessThanOrEqual(35);
    expect(deleted).toBe(sent);
    expect(received).toBeGreaterThanOrEqual(2);
    expect(received).toBeLessThanOrEqual(4);
    expect(counted).toEqual({
      "documents read": 100,
      "results look": 100,
      "results write": 100,
      // What a batch costs, however many documents it has: lists of failure records, both queues, the lane's own blobs.
      "failed list": 3,
      "queues peek": 3,
      "queues length": 6,
      "language-batch-work write": 15,
      "language-batch-work lease": 2,
      "language-batch-work list": 1,
      "language-batch-work delete": 2,
    });
    expect(total(counts.storage.ours) / 100).toBeLessThanOrEqual(4.2);
  });

  it("cost what docs/cost-meters.json reckons with", () => {
    const { batch, document } = COST_MODEL.needs;
    const sum = (pattern: RegExp) =>
      total(Object.fromEntries(Object.entries(counts.storage.ours).filter(([name]) => pattern.test(name))));
    expect(sum(/^language-batch-work (write|list)$|^failed list$/)).toBe(batch.blobWrites.value);
    expect(Math.abs(sum(/^language-batch-work (read|lease)$/) - batch.blobReads.value)).toBeLessThanOrEqual(2);
    // The properties of the blob are read by the host.
    expect(sum(/^(documents read|results look)$/) / 100 + 1).toBe(document.blobReads.value);
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

/** How many of the documents go to which of the two queues is a matter of how fast they come. */
function withQueuesTogether(counts: Readonly<Record<string, number>>): Record<string, number> {
  const together: Record<string, number> = {};
  for (const [name, count] of Object.entries(counts)) {
    const key = name.replace(/^lbx?-tickets /, "queues ");
    together[key] = (together[key] ?? 0) + count;
  }
  return together;
}
