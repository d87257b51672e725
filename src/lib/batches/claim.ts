import { jobLimits } from "../language/limits.ts";
import { deletePrefix } from "../storage/delete-prefix.ts";
import type { BatchContext } from "./batch-context.ts";
import { chooseClaim } from "./choose-claim.ts";
import { claimStep, keepOpen, reportBatch } from "./claim-step.ts";
import { oldestSeconds } from "./document-message.ts";
import { isHopeless, publishHopeless } from "./hopeless-document.ts";
import { type Manifest, readLaneFile, type StoredLaneFile, writeLaneFile } from "./lane-file.ts";
import type { LaneMemory, LaneStep } from "./lane-step.ts";
import { endHold } from "./next-step.ts";
import { readBatch } from "./read-batch.ts";
import { takeDocuments } from "./take-documents.ts";
import { workNames } from "./work-names.ts";

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
