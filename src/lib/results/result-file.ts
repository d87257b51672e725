import { z } from "zod";
import { documentSchema, SCHEMA_VERSION, taskResultSchema, usageSchema } from "./record-schema.ts";

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
  usage: usageSchema,
  completedAt: z.string(),
});

export type ResultFile = z.infer<typeof resultFileSchema>;
