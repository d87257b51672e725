import { readFileSync } from "node:fs";
import { z } from "zod";
import { LISTED_PRICES, type PriceClass } from "../../src/lib/usage/prices.ts";

const meter = z.strictObject({
  what: z.string(),
  unit: z.string(),
  /** A price is for so many units. */
  per: z.int().positive(),
  /** Units a month that are not billed, once for a subscription. */
  free: z.int().positive().default(0),
  /** US dollars; the last has no end. */
  tiers: z.array(z.strictObject({ upTo: z.int().positive().optional(), usd: z.number().positive() })).min(1),
  /** The public price list. */
  page: z.url(),
  /** Where the number was read, and when that was written or else read; absent: nobody has compared it. */
  seen: z.strictObject({ at: z.url(), date: z.iso.date() }).optional(),
});

const METERS = [
  "custom",
  "prebuilt",
  "training",
  "time",
  "executions",
  "readyBaseline",
  "readyTime",
  "readyExecutions",
  "blobWrites",
  "blobReads",
  "blobStorage",
  "queueOperations",
  "tableOperations",
  "events",
  "logs",
  "logAlertEvery5",
  "logAlertEvery15",
  "metricAlert",
  "defender",
  "malwareScanning",
  "privateEndpoint",
] as const;

/** A number that the reckoning starts from, and where it comes from. */
const need = z.strictObject({ value: z.number().positive(), why: z.string() });

const modelSchema = z.strictObject({
  currency: z.literal("USD"),
  written: z.iso.date(),
  month: z.strictObject({ days: z.int().positive() }),
  meters: z.record(z.enum(METERS), meter),
  needs: z.strictObject({
    instanceGb: need,
    document: z.strictObject({
      characters: need,
      bytes: need,
      blobWrites: need,
      blobReads: need,
      queueOperations: need,
      deliveries: need,
      executions: need,
      intakeTogether: need,
      logBytes: need,
    }),
    batch: z.strictObject({
      documents: need,
      blobWrites: need,
      blobReads: need,
      executions: need,
      billedSeconds: need,
      operationsPerExecution: need,
    }),
    alone: z.strictObject({ executions: need, billedSeconds: need }),
    timers: z.strictObject({
      count: need,
      minutesBetween: need,
      billedSeconds: need,
      logBytes: need,
      blobWrites: need,
      blobReads: need,
      queueOperations: need,
      events: need,
    }),
    polling: z.strictObject({ queues: need, seconds: need }),
    alerts: z.strictObject({ every5: need, every15: need, metric: need }),
    groups: need,
    instancesPerZoneRedundantGroup: need,
    privateEndpoints: need,
  }),
});

/** What a price list calls a meter, and what it costs. */
export type Meter = z.infer<typeof meter>;
export type MeterName = (typeof METERS)[number];
export type CostModel = z.infer<typeof modelSchema>;

/** The one table of prices and of what the app needs; everything that `docs/operations.md` says of cost comes from it. */
export const COST_MODEL: CostModel = readModel();

/** Text records cost what the app itself reckons with: their prices stand in its own table. */
function readModel(): CostModel {
  const model = JSON.parse(readFileSync(new URL("../../docs/cost-meters.json", import.meta.url), "utf8"));
  const records = { custom: recordsMeter("custom"), prebuilt: recordsMeter("prebuilt") };
  return modelSchema.parse({ ...model, meters: { ...records, ...model.meters } });
}

function recordsMeter(price: PriceClass): unknown {
  const { what, tiers } = LISTED_PRICES.classes[price];
  return { what, unit: "text record", per: 1_000, tiers, page: LISTED_PRICES.source };
}
