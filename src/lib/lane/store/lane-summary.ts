import { z } from "zod";
import type { DayUsage } from "../../usage/counters.ts";
import { PRICE_CLASSES, type PriceClass, priceClassOf } from "../../usage/prices.ts";
import type { LaneFile } from "./lane-file.ts";

const number = z.int().min(0);
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
export function laneSummary(file: LaneFile): Record<string, string> {
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
  if (metadata?.summary === undefined) return undefined;
  let parsed: z.output<typeof summarySchema>;
  try {
    parsed = summarySchema.parse(JSON.parse(metadata.summary));
  } catch {
    return undefined;
  }
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
