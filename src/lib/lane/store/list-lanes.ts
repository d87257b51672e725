import type { ContainerClient } from "@azure/storage-blob";
import { UnreadableBlobError } from "../../storage/versioned-json.ts";
import type { LaneAddress } from "../lane.ts";
import { type LaneFile, NO_TOTALS } from "./lane-file.ts";
import { type LaneSummary, readSummary, summarize } from "./lane-summary.ts";
import { workNames } from "./names.ts";
import { openLaneFile } from "./open-lane-file.ts";

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
