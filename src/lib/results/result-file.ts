import { z } from "zod";
import { documentSchema, SCHEMA_VERSION, taskResultSchema } from "./record-schema.ts";

/** The JSON that a document ends in when at least one task answered. Explained in `docs/results.md`. */
export const resultFileSchema = z.looseObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  pipeline: z.string(),
  /** partiallySucceeded: a task failed, see `tasks[].error`. */
  status: z.enum(["succeeded", "partiallySucceeded"]),
  document: documentSchema,
  tasks: z.array(taskResultSchema),
  jobs: z.array(
    z.looseObject({
      jobId: z.string(),
      apiVersion: z.string(),
      createdDateTime: z.string(),
      lastUpdatedDateTime: z.string(),
    }),
  ),
  usage: z.looseObject({
    /** What is billed: 1,000 characters of text, for each task. */
    textRecords: z.number(),
    /** True when the service did not say, and it was reckoned from the text's length. */
    estimated: z.literal(true).optional(),
  }),
  completedAt: z.string(),
});

export type ResultFile = z.infer<typeof resultFileSchema>;
