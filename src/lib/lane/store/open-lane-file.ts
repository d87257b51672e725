import type { ContainerClient } from "@azure/storage-blob";
import { VersionedJson } from "../../storage/versioned-json.ts";
import type { LaneAddress } from "../lane.ts";
import { type LaneFile, laneFileSchema, NO_TOTALS } from "./lane-file.ts";
import { laneSummary } from "./lane-summary.ts";
import { workNames } from "./names.ts";

/** The file of a lane in storage, with its summary as metadata; a lane that never ran has an empty one. */
export function openLaneFile(work: ContainerClient, address: LaneAddress): VersionedJson<LaneFile> {
  return new VersionedJson(work, workNames.lane(address), laneFileSchema, {
    fallback: () => ({ schemaVersion: "1.0", totals: NO_TOTALS, billed: {}, days: {}, minutes: [] }),
    metadata: laneSummary,
  });
}
