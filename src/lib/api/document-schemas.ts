import { z } from "zod";
import { failureFileSchema, resultFileSchema } from "../results/record.ts";
import {
  ageParameter,
  count,
  cursorSchema,
  flagParameter,
  limitSchema,
  nextCursorSchema,
  pipelineParameter,
  prefixParameter,
  timeSchema,
} from "./common-schemas.ts";

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
  /** Of settings that are wrong, one for each problem; a message is one line. */
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

/** Which failures are meant. */
const failureFilter = {
  pipeline: pipelineParameter.describe("_unmatched: documents that no pipeline wants."),
  prefix: prefixParameter,
  code: z.string().max(100).optional().describe("Code of the error. Send the function key in a header then."),
  task: z.string().max(100).optional().describe("Name of the task that failed."),
  age: ageParameter,
};

export const failuresQuery = z.object({ ...failureFilter, limit: limitSchema(200, 50), cursor: cursorSchema });

const groupSchema = z
  .object({
    code: z.string(),
    count,
    failed: count,
    partiallySucceeded: count,
    hint: z.string().describe("What to do, as the record of the first example has it."),
    message: z.string().describe("Of the same record."),
    examples: z.array(z.string()).max(3).describe("Names of documents."),
    pipelines: z.record(z.string(), count),
    tasks: z.record(z.string(), count).describe("By the task that failed (the first of a document), where a task did."),
  })
  .meta({ id: "FailureGroup" });

const documentSchema = z
  .object({
    pipeline: z.string(),
    name: z.string(),
    status: z.enum(["failed", "partiallySucceeded"]),
    code: z.string(),
    task: z.string().optional(),
    message: z.string(),
    hint: z.string(),
    record: z.string().describe("<container>/<blob name>"),
    at: timeSchema,
  })
  .meta({ id: "FailedDocument" });

export const failuresAnswerSchema = z.object({
  total: count.optional().describe("With the groups on the first page only."),
  complete: z.boolean().optional().describe("false: there are more than were counted, the counts are the least."),
  groups: z.array(groupSchema).optional().describe("By code, the largest first."),
  documents: z.array(documentSchema),
  nextCursor: nextCursorSchema,
});

export type FailureGroup = z.output<typeof groupSchema>;
export type FailedDocument = z.output<typeof documentSchema>;

export const REQUEUE_STATUSES = ["running", "done", "cancelled", "failed"] as const;

export const requeueAnswerSchema = z
  .object({
    id: z.string(),
    kind: z.enum(["redrive", "backfill"]),
    dryRun: z.boolean().describe("It only counts."),
    status: z.enum(REQUEUE_STATUSES).describe("cancelled and failed ones can be resumed where they stand"),
    request: z
      .record(z.string(), z.unknown())
      .describe("What was asked for: pipeline, prefix, code, task, age, force, as far as they were given."),
    seen: count.describe("Records or documents looked at."),
    matched: count.describe("Documents that it is about."),
    queued: count.describe("Documents put on the queue of one pipeline or more."),
    refused: count.describe("Passed over, because storage lets an earlier record of theirs not be replaced."),
    startedAt: timeSchema,
    updatedAt: timeSchema,
    statusQueryGetUri: z.string().describe("Where this answer is to be had again."),
  })
  .meta({ id: "Requeue" });

export const requeuesAnswerSchema = z.object({
  requeues: z.array(requeueAnswerSchema).describe("The latest first."),
  nextCursor: nextCursorSchema,
});

export const redriveQuery = z.object({ ...failureFilter, dryRun: flagParameter });

export const backfillQuery = z.object({
  pipeline: pipelineParameter,
  prefix: prefixParameter,
  force: flagParameter.describe("Also what has a record of its current version, written before this request."),
  dryRun: flagParameter,
});

export const requeuesQuery = z.object({ limit: limitSchema(100, 20), cursor: cursorSchema });
