import { documentsPerJob } from "../../language/limits.ts";
import { type DocumentMessage, messageKey, oldestSeconds } from "../../storage/document-message.ts";
import { deletePrefix } from "../../storage/lease.ts";
import type { LaneMemory, LaneStep } from "../lane.ts";
import type { LaneContext } from "../lane-context.ts";
import type { LaneSession } from "../lane-session.ts";
import { callerOf } from "../pacer.ts";
import { chooseClaim, jobsOfBatch } from "../policy/claim-policy.ts";
import { advance, clearHold, close, lastLook, pause, wait } from "../policy/next-step.ts";
import { isPoison } from "../policy/refusals.ts";
import type { Batch } from "../store/lane-file.ts";
import { workNames } from "../store/names.ts";
import { pipelineControl } from "../store/pipeline-control.ts";
import { tracesOf, traceWaiting } from "../trace-documents.ts";
import { endFailed, prepareBatch, publishPoison } from "./prepare-batch.ts";
import { prepareRows } from "./prepare-rows.ts";
import { takeDocuments } from "./take-documents.ts";

/**
 * Gets a lane its batch. A batch that is there already (the process died, the instance was terminated, a deployment
 * came) is adopted and gone on with: the one way of recovery, for every cause. Otherwise documents are taken from the
 * queue, written down as this lane's, and read and packed into jobs.
 * @param openNextLane called when there is more waiting than this lane can take
 */
export async function claim(
  session: LaneSession,
  { turns: _turns, unsent: _unsent, more: _more, ...last }: LaneMemory,
  openNextLane: () => Promise<void>,
): Promise<LaneStep> {
  const { context } = session;
  let memory: LaneMemory = session.hasBatch ? last : clearHold(context, last);
  if (session.file.cleanup !== memory.cleaned) await removeLeftovers(session);
  if (session.hasBatch) {
    reportBatch(context, "batch.adopted", session.batch);
    const { unread, reads } = session.batch;
    if (unread === undefined) return advance(context, memory, { action: "submit", view: session.view });
    if (reads >= READS_TOGETHER && unread.length > 1) return takeApart(session, unread, memory);
    const [only] = unread;
    if (only !== undefined && isPoison({ ...only, tries: only.tries + reads })) return giveUp(session, only, memory);
    await session.writeBatch({ ...session.batch, reads: reads + 1 }, LONGEST_READING_SECONDS);
  } else {
    const claimed = await claimDocuments(session, memory);
    if ("step" in claimed) return claimed.step;
    if (claimed.more) {
      memory = { ...memory, more: true };
      await openNextLane();
    }
  }
  return readBatch(session, memory, openNextLane);
}

/** Removes what the last batch left behind when the process died while it was cleaning up. */
async function removeLeftovers(session: LaneSession): Promise<void> {
  const { cleanup, ...file } = session.file;
  if (cleanup === undefined) return;
  await deletePrefix(session.context.containers.work, workNames.batch(cleanup));
  await session.writeFile(file);
}

/** Claims waiting documents, and tells whether there are more; or what comes next, when there are none to claim now. */
async function claimDocuments(
  session: LaneSession,
  memory: LaneMemory,
): Promise<{ more: boolean } | { step: LaneStep }> {
  const { context } = session;
  const { address, pipeline, queue, limits } = context;
  const perJob = documentsPerJob(pipeline);
  const waiting = await queue.peek();
  const caller = callerOf(context);
  // A lane that finds nothing needs to know nothing of the service.
  const isIdle = waiting.visible === 0;
  const jobsPerBatch = jobsOfBatch(isIdle ? [] : await context.pacer.flows(caller), {
    documents: waiting.total,
    documentsPerJob: perJob,
    lane: address.lane,
    lanes: pipeline.lanes,
    most: limits.jobsPerBatch,
  });
  const choice = chooseClaim({
    visible: waiting.visible,
    total: waiting.total,
    oldestSeconds: oldestSeconds(waiting.head, context.now()) ?? Number.POSITIVE_INFINITY,
    lane: address.lane,
    serviceWaitSeconds: isIdle ? 0 : await context.pacer.waitSeconds(caller),
    closing: memory.closing === true,
    documentsPerJob: perJob,
    jobsPerBatch,
    maxWaitSeconds: pipeline.maxWaitSeconds,
  });
  if (address.lane >= pipeline.lanes || choice.kind === "close") {
    await releaseStaleClaims(session);
    return { step: close(context, memory) };
  }
  if (choice.kind === "last") return { step: lastLook(context, memory, choice.seconds) };
  if (choice.kind === "wait") return { step: wait(context, memory, choice.seconds, { action: "claim" }) };
  const { pause: paused } = (await pipelineControl(context.containers.work, pipeline.name).read()).value;
  if (paused !== undefined) {
    // Only lane 0 waits, as it does for documents.
    const waits = address.lane === 0;
    return { step: waits ? pause(context, memory, paused, { action: "claim" }) : close(context, memory) };
  }

  const id = context.newBatchId();
  const most = pipeline.rows === undefined ? choice.documents : 1;
  const documents = Math.min(choice.documents, memory.maxDocuments ?? most);
  const wanted = { documents, waiting, documentsPerJob: Math.min(perJob, documents) };
  const taken = await takeDocuments(context, id, { ...wanted, releaseStale: () => releaseStaleClaims(session) });
  const poison = taken.documents.filter(isPoison);
  const unread = taken.documents.filter((document) => !isPoison(document));
  for (const document of poison) await publishPoison(session, document);
  if (unread.length === 0) {
    await taken.settle();
    return { step: wait(context, memory, 1, { action: "claim" }) };
  }
  const begun = { id, claimedAt: session.iso(), unread, ...tracesOf(unread), reads: 1 };
  const { cleanup: _cleaned, ...file } = session.file;
  const batch = { ...begun, mostJobs: jobsPerBatch, documents: [], requests: [], failed: poison.length };
  await session.writeFile({ ...file, batch }, LONGEST_READING_SECONDS);
  traceWaiting(context, unread, id);
  await uncounted(session, () => taken.settle());
  return { more: waiting.total > documents };
}

/**
 * Releases what an earlier run of the lane claimed and never wrote down, or ended. That run may only be slow: the lane
 * file is written first, so that the next write of that run fails.
 */
async function releaseStaleClaims(session: LaneSession): Promise<void> {
  const { address, claims } = session.context;
  const batch = (await claims.batches()).get(address.lane);
  if (batch === undefined) return;
  await session.writeFile(session.file);
  await claims.release(address.lane, batch);
}

/** From so many reads of a batch that never ended, its documents go back to the queue, to be read in smaller batches. */
const READS_TOGETHER = 2;

/** Reading takes no longer: the host ends the step (`functionTimeout` in `host.json`). */
const LONGEST_READING_SECONDS = 600;

/**
 * A batch whose reading died twice is taken apart, to find the document that kills the process while it is read. What
 * failed in it meanwhile is counted at its end.
 */
async function takeApart(
  session: LaneSession,
  unread: readonly DocumentMessage[],
  memory: LaneMemory,
): Promise<LaneStep> {
  const { context, batch } = session;
  await context.queue.send(unread.map((document) => ({ ...document, tries: document.tries + batch.reads })));
  const { unread: _requeued, ...rest } = batch;
  await session.writeBatch({ ...rest, failed: batch.failed + (await endFailed(session, unread)) });
  return advance(context, memory, { action: "collect", view: session.view });
}

/** A document whose reading died alone too often is given up. */
async function giveUp(session: LaneSession, document: DocumentMessage, memory: LaneMemory): Promise<LaneStep> {
  const { context } = session;
  await publishPoison(session, document);
  const { unread: _ended, ...rest } = session.batch;
  await session.writeBatch({ ...rest, failed: rest.failed + 1 });
  return advance(context, memory, { action: "collect", view: session.view });
}

/**
 * What we live to see fail (storage, or the identity's token) is not the documents' doing: the reading that was begun is
 * not counted against them. Where memory is short, reading fewer at a time helps.
 */
async function uncounted<T>(session: LaneSession, work: () => Promise<T>): Promise<T> {
  const { batch } = session;
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RangeError)) await session.writeBatch({ ...batch, reads: batch.reads - 1 });
    throw error;
  }
}

/** Reads and packs the documents that a lane has claimed, once it is written down that this is begun. */
async function readBatch(
  session: LaneSession,
  memory: LaneMemory,
  openNextLane: () => Promise<void>,
): Promise<LaneStep> {
  const { context, batch } = session;
  const { address, claims } = context;
  const { unread = [] } = batch;
  const prepare = context.pipeline.rows === undefined ? prepareBatch : prepareRows;
  const { left, failed, ...prepared } = await uncounted(session, () => prepare(session, unread));
  // Documents left over stay claimed until the lane file no longer has them: none is ever read by two lanes.
  await context.queue.send(left);
  const before = batch.reads > 1 ? await endFailed(session, left) : 0;
  const { unread: _read, ...rest } = session.batch;
  await session.writeBatch({ ...rest, ...prepared, failed: batch.failed + failed + before });
  if (left.length > 0) {
    const kept = unread.filter((document) => !left.includes(document)).map(messageKey);
    await claims.claim(address.lane, batch.id, kept);
    await openNextLane();
  }
  reportBatch(context, "batch.claimed", session.batch);
  const learned = learnMaxDocuments(memory, unread.length, left.length);
  return advance(context, learned, { action: "submit", view: session.view });
}

/** Long documents: the next claim takes what this batch had room for, and twice as many each time that all of it fits. */
function learnMaxDocuments(memory: LaneMemory, claimed: number, left: number): LaneMemory {
  const { maxDocuments } = memory;
  if (left > 0) return { ...memory, maxDocuments: claimed - left };
  return maxDocuments !== undefined && claimed >= maxDocuments ? { ...memory, maxDocuments: maxDocuments * 2 } : memory;
}

/** Tells the operators which batch the lane has now. */
function reportBatch({ log, address }: LaneContext, event: "batch.claimed" | "batch.adopted", batch: Batch): void {
  const documents = batch.unread?.length ?? batch.documents.length;
  log({ event, ...address, batch: batch.id, documents, jobs: batch.requests.length });
}
