import { z } from "zod";
import {
  cursorSchema,
  flagParameter,
  limitSchema,
  nextCursorSchema,
  pipelineParameter,
  prefixParameter,
  timeSchema,
} from "./common-schemas.ts";
import { failureFilter } from "./failure-schemas.ts";

const count = z.int().min(0);

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
