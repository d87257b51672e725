import type { BatchContext } from "./batch-context.ts";
import { claimStep, keepOpen, reportBatch } from "./claim-step.ts";
import type { DocumentMessage } from "./document-message.ts";
import { isHopeless, publishHopeless } from "./hopeless-document.ts";
import { type LaneFile, type Manifest, type StoredLaneFile, writeLaneFile } from "./lane-file.ts";
import type { LaneMemory, LaneStep } from "./lane-step.ts";
import { prepareBatch } from "./prepare-batch.ts";
import { requeue } from "./take-documents.ts";

/** From so many reads of a batch that never ended, its documents go back to the queue, to be read in smaller batches. */
const READS_TOGETHER = 2;

export interface ReadBatch {
  step: LaneStep;
  /** Documents that the batch had no room for; they are on the queue again. */
  left: number;
}

/**
 * Reads and packs the documents that a lane has claimed. What kills the process while it reads is found by counting:
 * a batch that died twice is taken apart, and a document that died alone too often is given up.
 */
export async function readBatch(
  context: BatchContext,
  stored: StoredLaneFile,
  manifest: Manifest,
  unread: readonly DocumentMessage[],
  memory: LaneMemory,
): Promise<ReadBatch> {
  const { address, containers, ledger } = context;
  const write = (from: StoredLaneFile, file: LaneFile): Promise<StoredLaneFile> =>
    writeLaneFile(containers.work, address, from, file);

  if (manifest.reads >= READS_TOGETHER && unread.length > 1) {
    const again = unread.map((document) => ({ ...document, tries: document.tries + manifest.reads }));
    await requeue(context, again, 0);
    await write(stored, { totals: stored.file.totals, cleanup: manifest.batch });
    await ledger.release(address, manifest.batch);
    return { step: claimStep(context, "claim", keepOpen(memory)), left: 0 };
  }
  const [only] = unread;
  if (only !== undefined && isHopeless({ ...only, tries: only.tries + manifest.reads })) {
    await publishHopeless(context, only);
    const { unread: _ended, ...rest } = manifest;
    await write(stored, { ...stored.file, manifest: { ...rest, failed: rest.failed + 1 } });
    return { step: claimStep(context, "collect", memory, { manifest: rest }), left: 0 };
  }

  const { batch, claimedAt } = manifest;
  const reads = manifest.reads + 1;
  const begun = await write(stored, { ...stored.file, manifest: { ...manifest, reads } });
  const { left, failed, ...prepared } = await prepareBatch(context, batch, unread, claimedAt, reads).catch(
    async (error: unknown) => {
      // We live to see it (storage or the identity's token failed): not the documents' doing, nor counted against them.
      // Where memory is short, reading fewer at a time helps.
      if (!(error instanceof RangeError)) await write(begun, stored.file);
      throw error;
    },
  );
  // Left documents stay in this lane's hands until the lane file no longer has them: none is ever read by two lanes.
  await requeue(context, left, 0);
  const { unread: _read, ...rest } = manifest;
  const ready: Manifest = { ...rest, ...prepared, failed: manifest.failed + failed };
  await write(begun, { ...begun.file, manifest: ready });
  if (left.length > 0) {
    const kept = unread.filter((document) => !left.includes(document)).map(({ name }) => name);
    await ledger.take(address, manifest.batch, kept);
  }
  reportBatch(context, "batch.claimed", ready);
  const learned = withRoom(memory, unread.length, left.length);
  return { step: claimStep(context, "submit", keepOpen(learned), { manifest: ready }), left: left.length };
}

/** Long documents: the next claim takes what this batch had room for, and twice as many each time that all of it fits. */
function withRoom(memory: LaneMemory, claimed: number, left: number): LaneMemory {
  if (left > 0) return { ...memory, room: claimed - left };
  return memory.room !== undefined && claimed >= memory.room ? { ...memory, room: memory.room * 2 } : memory;
}
