import type { ContainerClient } from "@azure/storage-blob";
import pMap from "p-map";
import { z } from "zod";
import { VersionedJson } from "../../storage/versioned-json.ts";
import { type DayUsage, dayUsageSchema } from "../../usage/counters.ts";
import type { LaneAddress } from "../lane.ts";
import type { LaneFile } from "./lane-file.ts";
import { workNames } from "./names.ts";

const keptDaySchema = z.object({
  schemaVersion: z.literal("1.0"),
  /** By the number of the lane. */
  lanes: z.record(z.string(), dayUsageSchema),
});

/** What each lane of a pipeline did on a day that is over. */
export type KeptDay = z.output<typeof keptDaySchema>;

/** The counts of one day (UTC), one blob for all lanes of a pipeline. */
export function keptDay(work: ContainerClient, pipeline: string, day: string): VersionedJson<KeptDay> {
  const fallback = (): KeptDay => ({ schemaVersion: "1.0", lanes: {} });
  return new VersionedJson(work, workNames.day(pipeline, day), keptDaySchema, fallback);
}

/**
 * Keeps a lane's days that are over, before its file lets go of them. It may be done again, and by a run of the lane that
 * is slower than another: whole counts are written, and the later of two stays.
 */
export async function keepDays(
  work: ContainerClient,
  { pipeline, lane }: LaneAddress,
  days: LaneFile["days"],
): Promise<void> {
  await pMap(
    Object.entries(days),
    ([day, usage]) =>
      keptDay(work, pipeline, day).update((kept) => {
        const before = kept.lanes[lane];
        if (before !== undefined && before.batches >= usage.batches) return undefined;
        return { ...kept, lanes: { ...kept.lanes, [lane]: usage } };
      }),
    { concurrency: 4 },
  );
}

/** Of two counts of one lane and day, the later. */
export function laterOf(one: DayUsage | undefined, other: DayUsage): DayUsage {
  return one !== undefined && one.batches >= other.batches ? one : other;
}
