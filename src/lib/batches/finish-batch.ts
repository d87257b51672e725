import { deletePrefix } from "../storage/delete-prefix.ts";
import type { BatchContext } from "./batch-context.ts";
import { publishKept } from "./kept-records.ts";
import { type LaneTotals, type Manifest, type StoredLaneFile, writeLaneFile } from "./lane-file.ts";
import type { Progress } from "./progress.ts";
import { workNames } from "./work-names.ts";

/**
 * Ends a batch whose documents are all published, or have their records kept until now. The order is what makes a crash
 * harmless: the lane file lets go of the batch and counts it in one write; then the ledger lets go of its documents;
 * then the work blobs go. Whatever is left over is removed when the lane next looks for work.
 * @throws Error naming a record that the storage service still refuses; then the batch is not over
 */
export async function finishBatch(
  context: BatchContext,
  lane: StoredLaneFile,
  manifest: Manifest,
  progress: Progress,
): Promise<void> {
  const { containers, address, ledger } = context;
  await publishKept(context, manifest.batch);
  const { published, jobs } = progress;
  const requests = jobs.reduce((sum, job) => sum + job.requests, 0);
  const submitted = jobs.filter(({ ticket }) => ticket !== undefined).length;
  const { totals } = lane.file;
  const added: LaneTotals = {
    batches: totals.batches + 1,
    succeeded: totals.succeeded + published.succeeded,
    partiallySucceeded: totals.partiallySucceeded + published.partiallySucceeded,
    failed: totals.failed + published.failed + manifest.failed,
    jobs: totals.jobs + submitted,
    requests: totals.requests + requests,
    textRecords: totals.textRecords + published.textRecords,
  };
  await writeLaneFile(containers.work, address, lane, { totals: added, cleanup: manifest.batch });
  await ledger.release(address, manifest.batch);
  await deletePrefix(containers.work, workNames.batch(manifest.batch));
  context.log({
    event: "batch.finished",
    ...address,
    batch: manifest.batch,
    documents: manifest.documents.length + manifest.failed,
    failed: published.failed + manifest.failed,
    jobs: submitted,
    requests,
    textRecords: published.textRecords,
    seconds: Math.round((context.now() - Date.parse(manifest.claimedAt)) / 100) / 10,
  });
}
