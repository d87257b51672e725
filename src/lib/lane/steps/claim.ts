import { jobLimits } from "../../language/limits.ts";
import { deletePrefix } from "../../storage/delete-prefix.ts";
import { type DocumentMessage, oldestSeconds } from "../../storage/document-queue.ts";
import type { LaneMemory, LaneStep } from "../lane.ts";
import type { BatchContext } from "../lane-context.ts";
import { chooseClaim } from "../policy/claim-policy.ts";
import { claimStep, endHold, keepOpen, reportBatch } from "../policy/next-step.ts";
import {
  type LaneFile,
  type Manifest,
  readLaneFile,
  type StoredLaneFile,
  workNames,
  writeLaneFile,
} from "../store/lane-file.ts";
import { isHopeless, prepareBatch, publishHopeless } from "./prepare-batch.ts";
import { requeue, takeDocuments } from "./take-documents.ts";

/** What the caller can do for a claim that this step cannot: start the next lane. */
export interface ClaimOptions {
  /** Opens the next lane when there is more waiting than this one could take. */
  openNextLane(): Promise<void>;
}

/**
 * Gets a lane its batch. A batch that is there already (the process died, the instance was terminated, a deployment
 * came) is adopted and gone on with: the one way of recovery, for every cause. Otherwise documents are taken from the
 * queue, written down as this lane's, and read and packed into jobs.
 */
export async function claim(context: BatchContext, last: LaneMemory, options: ClaimOptions): Promise<LaneStep> {
  const { address, containers } = context;
  let stored = await readLaneFile(containers.work, address);
  const memory = stored.file.manifest === undefined ? endHold(context, last) : last;
  stored = await cleanUp(context, stored);
  if (stored.file.manifest === undefined) {
    const step = await take(context, stored, memory, options);
    if ("action" in step) return step;
    stored = step;
  } else {
    reportBatch(context, "batch.adopted", stored.file.manifest);
  }
  const manifest = stored.file.manifest;
  if (manifest?.unread !== undefined) {
    const { step, left } = await readBatch(context, stored, manifest, manifest.unread, memory);
    if (left > 0) await openNext(context, options);
    return step;
  }
  return claimStep(context, "submit", memory, { manifest });
}

/** Claims waiting documents, or says how long to wait for some. */
async function take(
  context: BatchContext,
  stored: StoredLaneFile,
  memory: LaneMemory,
  options: ClaimOptions,
): Promise<StoredLaneFile | LaneStep> {
  const { address, pipeline, queue, limits } = context;
  const { documents: documentsPerJob } = jobLimits(pipeline);
  const look = await queue.look();
  const choice = chooseClaim({
    visible: look.head.length,
    total: look.total,
    oldestSeconds: oldestSeconds(look.head, context.now()) ?? Number.POSITIVE_INFINITY,
    lane: address.lane,
    emptyLooks: memory.emptyLooks ?? 0,
    documentsPerJob,
    jobsPerBatch: limits.jobsPerBatch,
    maxWaitSeconds: pipeline.maxWaitSeconds,
  });
  if (address.lane >= pipeline.lanes || choice.kind === "close") {
    await letGo(context, stored);
    return claimStep(context, "close", memory, { closing: true });
  }
  if (choice.kind === "linger") {
    const emptyLooks = (memory.emptyLooks ?? 0) + 1;
    return claimStep(
      context,
      "claim",
      { ...memory, emptyLooks },
      { afterSeconds: choice.seconds, closing: choice.last },
    );
  }
  if (choice.kind === "wait") return claimStep(context, "claim", keepOpen(memory), { afterSeconds: choice.seconds });

  const fenced = await letGo(context, stored);
  const batch = context.newBatchId();
  const documents = Math.min(choice.documents, memory.room ?? choice.documents);
  const wanted = { documents, total: look.total, documentsPerJob: Math.min(documentsPerJob, documents) };
  const taken = await takeDocuments(context, batch, wanted);
  const readable = taken.documents.filter((document) => !isHopeless(document));
  const hopeless = taken.documents.filter(isHopeless);
  for (const document of hopeless) await publishHopeless(context, document);
  if (readable.length === 0) {
    await taken.drop();
    return claimStep(context, "claim", keepOpen(memory), { afterSeconds: 1 });
  }
  const manifest: Manifest = {
    batch,
    claimedAt: new Date(context.now()).toISOString(),
    unread: readable,
    reads: 0,
    documents: [],
    requests: [],
    failed: hopeless.length,
  };
  const claimed = await writeLaneFile(context.containers.work, address, fenced, { ...stored.file, manifest });
  await taken.drop();
  if (look.total > documents) await openNext(context, options);
  return claimed;
}

async function openNext({ address, pipeline }: BatchContext, options: ClaimOptions): Promise<void> {
  if (address.lane + 1 < pipeline.lanes) await options.openNextLane();
}

/**
 * Lets go of documents that an earlier run of the lane took and never wrote down, or ended. That run may only be slow:
 * the lane file is written first, so that it finds itself overtaken.
 */
async function letGo({ address, containers, ledger }: BatchContext, stored: StoredLaneFile): Promise<StoredLaneFile> {
  const batch = (await ledger.batches()).get(address.lane);
  if (batch === undefined) return stored;
  const fenced = await writeLaneFile(containers.work, address, stored, stored.file);
  await ledger.release(address, batch);
  return fenced;
}

/** Removes what the last batch left behind when the process died while it was cleaning up. */
async function cleanUp(context: BatchContext, stored: StoredLaneFile): Promise<StoredLaneFile> {
  if (stored.file.cleanup === undefined) return stored;
  await deletePrefix(context.containers.work, workNames.batch(stored.file.cleanup));
  const { cleanup: _cleaned, ...file } = stored.file;
  return { ...stored, file };
}

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
