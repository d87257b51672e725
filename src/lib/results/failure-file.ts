import { z } from "zod";
import { documentSchema, SCHEMA_VERSION, taskErrorSchema, taskResultSchema, usageSchema } from "./record-schema.ts";

/** The JSON that a document ends in when there is no result for it. Explained in `docs/results.md`. */
export const failureFileSchema = z.looseObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  pipeline: z.string(),
  status: z.literal("failed"),
  document: documentSchema,
  error: taskErrorSchema.extend({
    /** Who refused: the Language service, our own reader of documents, or the choice of a pipeline. */
    source: z.enum(["service", "reader", "routing"]),
    /** The task that failed (the first, if several did). */
    task: z.string().optional(),
  }),
  /** All tasks, when there is more to know than the one error. */
  tasks: z.array(taskResultSchema).optional(),
  /** How often the document was sent to the service. */
  attempts: z.number(),
  /** What was billed all the same: parts of the document were answered. */
  usage: usageSchema.optional(),
  failedAt: z.string(),
});

export type FailureFile = z.infer<typeof failureFileSchema>;
