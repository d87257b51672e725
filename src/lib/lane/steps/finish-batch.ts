import { deleteBlobs } from "../../storage/lease.ts";
import { listNames } from "../../storage/list-names.ts";
import type { LaneSession } from "../lane-session.ts";
import { batchUsage, countBatch } from "../policy/count-batch.ts";
import { keepDays } from "../store/kept-days.ts";
import { workNames } from "../store/names.ts";
import { publishDeferred } from "./deferred-records.ts";
import { finishParts } from "./finish-parts.ts";
import { lookAgain } from "./look-again.ts";

/**
 * Ends a batch whose documents are all published, or have their records deferred until now. The order is what makes a
 * crash harmless: the lane file lets go of the batch and counts it in one write; then its documents are released; then
 * the work blobs go. Whatever is left over is removed when the lane next looks for work.
 * @throws Error naming a record that the storage service still refuses; then the batch is not over
 */
export async function finishBatch(session: LaneSession): Promise<void> {
  const { context, batch } = session;
  const { containers, address, claims, log } = context;
  await finishParts(session);
  await lookAgain(session);
  const stored = await listNames(containers.work, workNames.batch(batch.id));
  await publishDeferred(session, stored);
  const { published, jobs } = session.progress;
  const usage = batchUsage(session);
  const submitted = jobs.filter(({ ticket }) => ticket !== undefined).length;
  const { over, ...counted } = countBatch(session.file, usage, { ...published, jobs: submitted, at: session.iso() });
  await keepDays(containers.work, address, over);
  await session.writeFile({ ...counted, cleanup: batch.id });
  await claims.release(address.lane, batch.id);
  await deleteBlobs(containers.work, stored);
  log({
    event: "batch.finished",
    ...address,
    batch: batch.id,
    documents: usage.documents,
    failed: usage.failed,
    jobs: submitted,
    requests: usage.calls,
    textRecords: published.textRecords,
    seconds: Math.round((context.now() - Date.parse(batch.claimedAt)) / 100) / 10,
  });
}
