import { z } from "zod";
import {
  ageParameter,
  cursorSchema,
  limitSchema,
  nextCursorSchema,
  pipelineParameter,
  prefixParameter,
  timeSchema,
} from "./common-schemas.ts";

const count = z.int().min(0);

/** Which failures are meant. */
export const failureFilter = {
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
