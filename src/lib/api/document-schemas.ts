import { z } from "zod";
import { failureFileSchema, resultFileSchema } from "../results/record.ts";

const placeSchema = z
  .object({
    pipeline: z.string(),
    state: z
      .enum(["succeeded", "partiallySucceeded", "failed", "running", "waiting", "outdated", "unknown"])
      .describe("outdated: the record is of an older version; waiting: on a queue, or its event is on the way"),
    lane: z.int().optional().describe("The lane that has it."),
    record: z.string().optional().describe("<container>/<blob name>"),
    rows: z
      .object({
        parts: z.int(),
        partsDone: z.int(),
        succeeded: z.int(),
        partiallySucceeded: z.int(),
        failed: z.int(),
        unchanged: z.int().describe("Of those that have a result: taken over from an earlier version."),
      })
      .optional()
      .describe("Of a file of rows that is under way: its parts, and the rows of those that have ended."),
  })
  .meta({ id: "Place" });

export const documentAnswerSchema = z.object({
  name: z.string(),
  etag: z.string().optional().describe("Absent when there is no such document now."),
  places: z.array(placeSchema).describe("One for each pipeline that wants it."),
});

export const healthAnswerSchema = z.object({
  status: z.enum(["healthy", "unhealthy"]),
  version: z.string(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), message: z.string().optional() })),
});

/** A record as it is stored: its shape is that of the files, which `docs/results.md` explains. */
export const recordAnswerSchema = z.union([resultFileSchema, failureFileSchema]);

/** UTF-16 code units that one answer holds at the most: what a person reads at a time. */
export const LONGEST_PART = 20_000;

export const textAnswerSchema = z.object({
  name: z.string(),
  etag: z.string().describe("The version that was read."),
  encoding: z.object({ name: z.string(), source: z.string(), damaged: z.int().optional() }).optional(),
  characters: z.int().min(0).describe("UTF-16 code units of the whole text."),
  from: z
    .int()
    .min(0)
    .describe("Where the part begins: one before what was asked for, where that lies inside a character."),
  text: z.string(),
});

/** A part of a document's text. */
export type TextAnswer = z.output<typeof textAnswerSchema>;
