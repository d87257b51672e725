import type { ContainerClient } from "@azure/storage-blob";
import { deletePrefix } from "../../storage/lease.ts";
import { UnreadableBlobError } from "../../storage/versioned-json.ts";
import type { LaneAddress } from "../lane.ts";
import { type LaneFile, type LaneSummary, NO_TOTALS, openLaneFile, readSummary, summarize } from "./lane-file.ts";
import { workNames } from "./names.ts";

/** A lane as its file shows it. */
export interface LaneView extends LaneSummary {
  lane: number;
  /** It has a batch in hand, or a file that cannot be read: running, it says why. */
  busy: boolean;
}

const UNREADABLE: LaneSummary & { busy: boolean } = {
  totals: NO_TOTALS,
  billed: {},
  minutes: [],
  nextPollAt: undefined,
  day: undefined,
  batch: undefined,
  busy: true,
};

/**
 * The lanes of a pipeline that ever ran: one request, however many there are (a pipeline has 64 at the most). A file is read only when
 * its blob's metadata does not tell what is in it.
 */
export async function listLanes(work: ContainerClient, pipeline: string): Promise<LaneView[]> {
  const prefix = workNames.lanesOf(pipeline);
  const views: LaneView[] = [];
  for await (const { name, metadata } of work.listBlobsFlat({ prefix, includeMetadata: true })) {
    const { lane } = workNames.laneOf(name);
    const summary = readSummary(metadata) ?? (await readSummarized(work, { pipeline, lane }));
    views.push({ lane, ...(summary === undefined ? UNREADABLE : { busy: summary.batch !== undefined, ...summary }) });
  }
  return views.sort((one, other) => one.lane - other.lane);
}

/** Undefined for a file that cannot be read: it must not hide the other lanes. */
async function readSummarized(work: ContainerClient, address: LaneAddress): Promise<LaneSummary | undefined> {
  const file = await readLaneFile(work, address);
  return file && summarize(file);
}

/** Undefined for a file that cannot be read. */
export async function readLaneFile(work: ContainerClient, address: LaneAddress): Promise<LaneFile | undefined> {
  try {
    return (await openLaneFile(work, address).read()).value;
  } catch (error) {
    if (error instanceof UnreadableBlobError) return undefined;
    throw error;
  }
}

/**
 * Removes the work blobs of batches that no lane has: of a run that was slower than another, or died while it cleaned up.
 * They hold texts of documents. A batch stands in its lane's file before anything else of it is stored, so what is older
 * than the look at the lanes and stands in none of them is over. A file that cannot be read may name any of them.
 * @param before milliseconds since 1970: younger blobs are left
 * @returns the batches whose blobs were removed
 */
export async function removeOrphans(work: ContainerClient, before: number): Promise<string[]> {
  const orphans = new Set<string>();
  for await (const { name, properties } of work.listBlobsFlat({ prefix: workNames.batches })) {
    const batch = name.slice(workNames.batches.length).split("/", 1)[0];
    if (batch !== undefined && properties.lastModified.getTime() < before) orphans.add(batch);
  }
  if (orphans.size === 0) return [];
  for await (const { name } of work.listBlobsFlat({ prefix: workNames.lanes })) {
    const file = await readLaneFile(work, workNames.laneOf(name));
    if (file === undefined) return [];
    if (file.batch !== undefined) orphans.delete(file.batch.id);
  }
  for (const batch of orphans) await deletePrefix(work, workNames.batch(batch));
  return [...orphans];
}
