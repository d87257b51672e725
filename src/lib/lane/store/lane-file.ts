import type { ContainerClient } from "@azure/storage-blob";
import { z } from "zod";
import { documentSchema } from "../../results/record.ts";
import { partRowSchema } from "../../rows/row-names.ts";
import { documentMessageSchema } from "../../storage/document-message.ts";
import { parseReadable, VersionedJson } from "../../storage/versioned-json.ts";
import { type DayUsage, dayUsageSchema, minuteSchema } from "../../usage/counters.ts";
import { PRICE_CLASSES, type PriceClass, priceClassOf } from "../../usage/prices.ts";
import type { LaneAddress } from "../lane.ts";
import { workNames } from "./names.ts";

const number = z.int().min(0);
const count = number.default(0);

const batchSchema = z.object({
  id: z.string(),
  /** ISO 8601. */
  claimedAt: z.string(),
  /** The documents claimed, until they are read and packed. */
  unread: z.array(documentMessageSchema).optional(),
  /** W3C traceparents by name of the document: where the trace of each goes on. */
  traces: z.record(z.string(), z.string()).optional(),
  /** So many jobs are made of them at the most; what is over goes back to the queue. Absent: as many as the settings allow. */
  mostJobs: z.int().min(1).optional(),
  /** How often reading them was begun. */
  reads: count,
  /** The documents of the batch and where their chunks are: chunk `c` of document `d` is job document `d-c`. */
  documents: z.array(
    z.object({
      info: z.object(documentSchema.shape),
      /** UTF-16 spans in the document's text, and what each is billed as for one task. */
      chunks: z.array(z.object({ offset: z.int(), length: z.int(), textRecords: z.int().optional() })),
      /** It is a row of a file: of which of the batch's parts, and where it stands in the file. */
      row: partRowSchema.optional(),
      /** The stored text of a document that is not plain text itself. */
      text: z.string().optional(),
      /** It ended before, and was asked for again: its record replaces the earlier one of the same version. */
      again: z.literal(true).optional(),
      /** The failed tasks of a partially succeeded result, which alone are asked; the result is kept beside the batch. */
      failedTasks: z.array(z.string()).optional(),
      /** It has a partially succeeded result, of this version or an earlier one, and a mark that says so. */
      partial: z.literal(true).optional(),
      /** It had no failure record when it was read: whether one came meanwhile is looked up once, for the whole batch. */
      unfailed: z.literal(true).optional(),
    }),
  ),
  /** The parts of files whose rows are the documents, and the stored lines of the rows that are not sent. */
  parts: z.array(z.object({ file: z.string(), run: z.string(), number: z.int(), lines: z.string() })).optional(),
  /** How the documents were first packed: the stored requests and the job documents in each. */
  requests: z.array(
    z.object({
      request: z.string(),
      chunks: z.array(z.string()),
      /** Names of the tasks that are asked; absent: all of the pipeline. */
      tasks: z.array(z.string()).optional(),
      /** Under which name its texts are stored, with those of others; absent: under its own. */
      stored: z.string().optional(),
    }),
  ),
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
  /** Text records since the lane first ran, by what the service bills alike. */
  billed: z.partialRecord(z.enum(PRICE_CLASSES), z.int().min(0)).default({}),
  /** What the lane did, by day (UTC, `2026-11-28`); a day that is over is kept elsewhere from the next day's first batch on. */
  days: z.record(z.string(), dayUsageSchema).default({}),
  /** What ended in each of the last minutes. */
  minutes: z.array(minuteSchema).default([]),
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

/** The file of a lane in storage, with its summary as metadata; a lane that never ran has an empty one. */
export function openLaneFile(work: ContainerClient, address: LaneAddress): VersionedJson<LaneFile> {
  return new VersionedJson(work, workNames.lane(address), laneFileSchema, {
    fallback: () => ({ schemaVersion: "1.0", totals: NO_TOTALS, billed: {}, days: {}, minutes: [] }),
    metadata: laneSummary,
  });
}

const recordsSchema = z.partialRecord(z.enum(PRICE_CLASSES), number);

/** Short names, because a blob's metadata may hold no more than 8 KB: this is about 2 KB at the most. */
const summarySchema = z.object({
  /** The totals, in the order of `TOTALS`. */
  t: z.array(number).length(7),
  /** Text records by price. */
  p: recordsSchema,
  /** The last day that was counted, and its text records by price. */
  d: z.object({ day: z.string(), p: recordsSchema }).optional(),
  /** Of each of the last minutes: the minute, documents, failed, calls. */
  m: z.array(z.tuple([number, number, number, number])),
  /** The batch in hand. */
  b: z.object({ id: z.string(), at: z.string(), n: number }).optional(),
  /** By when the lane goes on. */
  n: z.string().optional(),
});

const TOTALS = ["batches", "succeeded", "partiallySucceeded", "failed", "jobs", "requests", "textRecords"] as const;

/** What is seen of a lane's file without reading it. */
export interface LaneSummary extends Pick<LaneFile, "totals" | "billed" | "minutes" | "nextPollAt"> {
  /** Text records of the last day on which a batch ended. */
  day: { day: string; textRecords: Partial<Record<PriceClass, number>> } | undefined;
  batch: { id: string; claimedAt: string; documents: number } | undefined;
}

/** The summary of a lane's file as the metadata of its blob, so that one listing tells of all lanes. */
function laneSummary(file: LaneFile): Record<string, string> {
  const { totals, billed, minutes, batch, nextPollAt, day } = summarize(file);
  const summary: z.input<typeof summarySchema> = {
    t: TOTALS.map((key) => totals[key]),
    p: billed,
    ...(day && { d: { day: day.day, p: day.textRecords } }),
    m: minutes.map(({ minute, documents, failed, calls }) => [minute, documents, failed, calls]),
    ...(batch && { b: { id: batch.id, at: batch.claimedAt, n: batch.documents } }),
    ...(nextPollAt === undefined ? {} : { n: nextPollAt }),
  };
  return { summary: JSON.stringify(summary) };
}

export function summarize({ totals, billed, days, minutes, batch, nextPollAt }: LaneFile): LaneSummary {
  const last = Object.keys(days).sort().at(-1);
  const usage = last === undefined ? undefined : days[last];
  const { id, claimedAt, unread, documents = [] } = batch ?? {};
  return {
    totals,
    billed,
    minutes,
    nextPollAt,
    day: last === undefined || usage === undefined ? undefined : { day: last, textRecords: recordsByPrice(usage) },
    batch:
      id === undefined || claimedAt === undefined
        ? undefined
        : { id, claimedAt, documents: (unread ?? documents).length },
  };
}

/** @returns undefined for metadata that another version of the app wrote, or somebody else */
export function readSummary(metadata: Record<string, string> | undefined): LaneSummary | undefined {
  const parsed = parseReadable(metadata?.summary, summarySchema);
  if (parsed === undefined) return undefined;
  const { t, p, d, m, b, n } = parsed;
  const totals = Object.fromEntries(TOTALS.map((key, index) => [key, t[index]])) as LaneSummary["totals"];
  return {
    totals,
    billed: p,
    minutes: m.map(([minute, documents, failed, calls]) => ({ minute, documents, failed, calls })),
    nextPollAt: n,
    day: d && { day: d.day, textRecords: d.p },
    batch: b && { id: b.id, claimedAt: b.at, documents: b.n },
  };
}

/** A day's text records, by what the service bills alike. */
export function recordsByPrice({ tasks }: DayUsage): Partial<Record<PriceClass, number>> {
  const records: Partial<Record<PriceClass, number>> = {};
  for (const { kind, textRecords } of Object.values(tasks)) {
    const price = priceClassOf(kind);
    records[price] = (records[price] ?? 0) + textRecords;
  }
  return records;
}
