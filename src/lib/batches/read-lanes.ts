import type { ContainerClient } from "@azure/storage-blob";
import { type LaneTotals, type Manifest, readLaneFile } from "./lane-file.ts";
import { workNames } from "./work-names.ts";

/** A lane as its file shows it. */
export interface LaneView {
  lane: number;
  /** It has a batch in hand, or has not finished cleaning up. */
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
    const { file } = await readLaneFile(work, { pipeline, lane });
    views.push({ lane, busy: file.manifest !== undefined, totals: file.totals, manifest: file.manifest });
  }
  return views.sort((one, other) => one.lane - other.lane);
}
