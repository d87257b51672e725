import { z } from "zod";
import { moneySchema, PRICE_CLASSES } from "../usage/prices.ts";
import {
  count,
  cursorSchema,
  limitSchema,
  nextCursorSchema,
  pipelineParameter,
  prefixParameter,
} from "./common-schemas.ts";

const day = z.iso.date({ error: "a day (UTC), for example 2026-11-28" });

export const usageQuery = z.object({
  from: day.optional().describe("First day (UTC); by default a week before `to`."),
  to: day.optional().describe("Last day (UTC), which belongs to it; by default today."),
  pipeline: pipelineParameter,
  limit: limitSchema(500, 100),
  cursor: cursorSchema,
});

const counts = {
  documents: count.describe("That ended, in whatever way."),
  failed: count,
  textRecords: count,
  calls: count.describe("To the Language service; one that asks several tasks counts for each of them."),
  throttles: count.describe("Calls that it answered with 429."),
  money: moneySchema,
};

const usageRowSchema = z
  .object({
    day,
    pipeline: z.string(),
    ...counts,
    partiallySucceeded: count,
    tasks: z.array(z.object({ name: z.string(), kind: z.string(), ...counts })),
  })
  .meta({ id: "Usage" });

export const usageAnswerSchema = z.object({
  from: day,
  to: day,
  rows: z.array(usageRowSchema).describe("The latest day first; a batch counts on the day on which it ended."),
  prices: z.object({
    currency: z.string(),
    date: z.string().optional().describe("When the list was read; absent: the app setting PRICES gives them."),
    source: z.string(),
    perThousand: z.record(z.enum(PRICE_CLASSES), z.number()).describe("For 1,000 text records."),
  }),
  nextCursor: nextCursorSchema,
});

export type UsageRow = z.output<typeof usageRowSchema>;

const DOCUMENTS_EXPECTED = "a whole number of documents from 1 to 1,000,000,000";
const CHARACTERS_EXPECTED = "a mean length of 1 to 100,000,000 characters";
const MINUTES_EXPECTED = "minutes from 1 to 525,600";

export const estimateBodySchema = z
  .strictObject({
    pipeline: z.string().describe("Whose tasks and resources count."),
    prefix: prefixParameter.describe(
      "Documents in the container whose names begin so are looked at; absent: all that it takes.",
    ),
    documents: z.int({ error: DOCUMENTS_EXPECTED }).min(1, { error: DOCUMENTS_EXPECTED }).max(1e9).optional(),
    meanCharacters: z.number({ error: CHARACTERS_EXPECTED }).min(1, { error: CHARACTERS_EXPECTED }).max(1e8).optional(),
    finishInMinutes: z.number({ error: MINUTES_EXPECTED }).min(1, { error: MINUTES_EXPECTED }).max(525_600).optional(),
    cursor: cursorSchema,
  })
  .refine(({ documents, meanCharacters }) => (documents === undefined) === (meanCharacters === undefined), {
    error: "documents and meanCharacters together, or neither",
  });

export const estimateAnswerSchema = z.object({
  pipeline: z.string(),
  documents: count,
  bytes: count,
  textRecords: count.describe("Over all tasks."),
  money: moneySchema,
  jobs: count,
  calls: count,
  minutes: z.number().min(0).describe("At the quota of the pipeline's resources."),
  quota: z.object({ callsPerMinute: count.describe("Of one resource."), resources: count }),
  resourcesNeeded: count.optional().describe("To be done in finishInMinutes."),
  complete: z.boolean().describe("false: there are more documents; ask on with nextCursor, and add."),
  assumptions: z.array(z.string()),
  nextCursor: nextCursorSchema,
});
