import type { ContainerClient } from "@azure/storage-blob";
import { z } from "zod";
import { documentSchema } from "../../results/record.ts";
import { documentMessageSchema } from "../../storage/document-queue.ts";
import { UnreadableBlobError, VersionedJson } from "../../storage/versioned-json.ts";
import type { LaneAddress } from "../lane.ts";
import { workNames } from "./names.ts";

const count = z.int().min(0).default(0);

const batchSchema = z.object({
  id: z.string(),
  /** ISO 8601. */
  claimedAt: z.string(),
  /** The documents claimed, until they are read and packed. */
  unread: z.array(documentMessageSchema).optional(),
  /** How often reading them was begun. */
  reads: count,
  /** The documents of the batch and where their chunks are: chunk `c` of document `d` is job document `d-c`. */
  documents: z.array(
    z.object({
      info: z.object(documentSchema.shape),
      /** UTF-16 spans in the document's text, and what each is billed as for one task. */
      chunks: z.array(z.object({ offset: z.int(), length: z.int(), textRecords: z.int().optional() })),
      /** It had failed and was redriven: a failure replaces the earlier one. */
      again: z.literal(true).optional(),
      /** It had no failure record when it was read: whether one came meanwhile is looked up once, for the whole batch. */
      unfailed: z.literal(true).optional(),
    }),
  ),
  /** How the documents were first packed: the stored requests and the job documents in each. */
  requests: z.array(z.object({ request: z.string(), chunks: z.array(z.string()) })),
  /** Documents that became failure records before any request was made. */
  failed: count,
});

const totalsSchema = z.object({
  batches: count,
  succeeded: count,
  partiallySucceeded: count,
  failed: count,
  jobs: count,
  /** Calls to the Language service. */
  requests: count,
  textRecords: count,
});

const laneFileSchema = z.object({
  schemaVersion: z.literal("1.0"),
  totals: totalsSchema,
  /** ISO 8601: by when the lane goes on at the latest, as far as this file tells; much later, it is lost. */
  nextPollAt: z.string().optional(),
  /** The batch in hand. */
  batch: batchSchema.optional(),
  /** The last batch, while some of its work blobs may still be there. */
  cleanup: z.string().optional(),
});

/** The documents that a lane claimed together, and the jobs made from them. */
export type Batch = z.output<typeof batchSchema>;
/** What a lane did since it first ran. */
export type LaneTotals = z.output<typeof totalsSchema>;
export type LaneFile = z.output<typeof laneFileSchema>;

export const NO_TOTALS: LaneTotals = totalsSchema.parse({});

/** The file of a lane; a lane that never ran has an empty one. */
export function laneFile(work: ContainerClient, address: LaneAddress): VersionedJson<LaneFile> {
  return new VersionedJson(work, workNames.lane(address), laneFileSchema, () => ({
    schemaVersion: "1.0",
    totals: NO_TOTALS,
  }));
}

/** A lane as its file shows it. */
export interface LaneView {
  lane: number;
  /** It has a batch in hand, or a file that cannot be read: running, it says why. */
  busy: boolean;
  totals: LaneTotals;
  batch: Batch | undefined;
  nextPollAt: string | undefined;
}

/** The lanes of a pipeline that ever ran. */
export async function readLanes(work: ContainerClient, pipeline: string): Promise<LaneView[]> {
  const prefix = workNames.lanesOf(pipeline);
  const views: LaneView[] = [];
  for await (const { name } of work.listBlobsFlat({ prefix })) {
    const lane = Number.parseInt(name.slice(prefix.length), 10);
    const file = await readFile(work, { pipeline, lane });
    const { totals = NO_TOTALS, batch, nextPollAt } = file ?? {};
    views.push({ lane, busy: file === undefined || batch !== undefined, totals, batch, nextPollAt });
  }
  return views.sort((one, other) => one.lane - other.lane);
}

/** Undefined for a file that cannot be read: it must not hide the other lanes. */
async function readFile(work: ContainerClient, address: LaneAddress): Promise<LaneFile | undefined> {
  try {
    return (await laneFile(work, address).read()).value;
  } catch (error) {
    if (error instanceof UnreadableBlobError) return undefined;
    throw error;
  }
}
