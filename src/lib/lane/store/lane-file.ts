import { createHash } from "node:crypto";
import type { ContainerClient } from "@azure/storage-blob";
import { z } from "zod";
import { documentSchema } from "../../results/record.ts";
import { createText, readText, replaceText } from "../../storage/blobs.ts";
import { documentMessageSchema } from "../../storage/document-queue.ts";
import { parseStored, UnreadableBlobError } from "../../storage/versioned-json.ts";
import type { LaneAddress } from "../lane.ts";

const count = z.int().min(0).default(0);

const manifestSchema = z.object({
  batch: z.string(),
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
      /** UTF-16 spans in the document's text. */
      chunks: z.array(z.object({ offset: z.int(), length: z.int() })),
      /** It had failed and was redriven: a failure replaces the earlier one. */
      again: z.literal(true).optional(),
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
  /** The batch in hand. */
  manifest: manifestSchema.optional(),
  /** The last batch, while some of its work blobs may still be there. */
  cleanup: z.string().optional(),
});

/** The batch that a lane has in hand. */
export type Manifest = z.output<typeof manifestSchema>;
/** What a lane did since it first ran. */
export type LaneTotals = z.output<typeof totalsSchema>;

export interface LaneFile {
  totals: LaneTotals;
  manifest?: Manifest | undefined;
  cleanup?: string | undefined;
}

/** A lane file and the version read, which is the only one that may be replaced. */
export interface StoredLaneFile {
  file: LaneFile;
  /** Absent when the lane has no file yet. */
  etag: string | undefined;
}

export const NO_TOTALS: LaneTotals = totalsSchema.parse({});

/**
 * Reads the file of a lane; a lane that never ran has an empty one.
 * @throws UnreadableBlobError
 */
export async function readLaneFile(work: ContainerClient, address: LaneAddress): Promise<StoredLaneFile> {
  const name = workNames.lane(address);
  const blob = await readText(work, name);
  if (blob === undefined) return { file: { totals: NO_TOTALS }, etag: undefined };
  return { file: parseStored(work, name, blob.text, laneFileSchema), etag: blob.etag };
}

/**
 * Replaces the file of a lane. One write ends a batch and adds its totals, so neither can happen twice.
 * @throws Error when somebody else wrote it since: then this run of the lane is not the only one, and must stop
 */
export async function writeLaneFile(
  work: ContainerClient,
  address: LaneAddress,
  stored: StoredLaneFile,
  file: LaneFile,
): Promise<StoredLaneFile> {
  const name = workNames.lane(address);
  const text = JSON.stringify({ schemaVersion: "1.0", ...file });
  const etag =
    stored.etag === undefined ? await createText(work, name, text) : await replaceText(work, name, text, stored.etag);
  if (etag === undefined) throw new OvertakenError(name);
  return { file, etag };
}

/** Another run of the same step wrote first; what this run did is its own copy, and the next step reads the truth. */
export class OvertakenError extends Error {
  override readonly name = "OvertakenError";

  constructor(blob: string) {
    super(`${blob} was written by another run of this step`);
  }
}

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

/** Where things live in the work container. */
export const workNames = {
  lane: ({ pipeline, lane }: LaneAddress) => `lanes/${pipeline}/${lane}.json`,
  lanesOf: (pipeline: string) => `lanes/${pipeline}/`,
  ledger: (pipeline: string) => `ledgers/${pipeline}.json`,
  batch: (batch: string) => `batches/${batch}/`,
  progress: (batch: string) => `batches/${batch}/progress.json`,
  request: (batch: string, request: string) => `batches/${batch}/requests/${request}.json`,
  answers: (batch: string, job: string) => `batches/${batch}/answers/${job}.json`,
  keptRecords: (batch: string) => `batches/${batch}/kept/`,
  /** A document's name may be as long as a blob name can be; its hash fits behind any prefix. */
  keptRecord: (batch: string, document: string) =>
    `${workNames.keptRecords(batch)}${createHash("sha256").update(document).digest("base64url")}.json`,
  sweep: "sweep.json",
} as const;

/** The queue of a pipeline. Queue names take 3 to 63 lower-case letters, digits and single hyphens. */
export function queueName(pipeline: string): string {
  return `lb-${pipeline}`;
}
