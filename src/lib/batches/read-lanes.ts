import type { ContainerClient } from "@azure/storage-blob";
import { UnreadableBlobError } from "../storage/parse-stored.ts";
import { type LaneTotals, type Manifest, NO_TOTALS, readLaneFile, type StoredLaneFile } from "./lane-file.ts";
import { workNames } from "./work-names.ts";

/** A lane as its file shows it. */
export interface LaneView {
  lane: number;
  /** It has a batch in hand, or a file that cannot be read: running, it says why. */
  busy: boolean;
  totals: LaneTotals;
  manifest: Manifest | undefined;
}

/** The lanes of a pipeline that ever ran. */
export async function readLanes(work: ContainerClient, pipeline: string): Promise<LaneView[]> {
  const prefix = workNames.lanesOf(pipeline);
  const views: LaneView[] = [];
  for await (const { name } of work.listBlobsFlat({ prefix })) {
    const lane = Number.parseInt(name.slice(prefix.length), 10);
    const stored = await readLaneFile(work, { pipeline, lane }).catch(unlessUnreadable);
    const { totals, manifest } = stored?.file ?? { totals: NO_TOTALS };
    views.push({ lane, busy: stored === undefined || manifest !== undefined, totals, manifest });
  }
  return views.sort((one, other) => one.lane - other.lane);
}

/** One file that cannot be read must not hide the other lanes. */
function unlessUnreadable(error: unknown): StoredLaneFile | undefined {
  if (error instanceof UnreadableBlobError) return undefined;
  throw error;
}
