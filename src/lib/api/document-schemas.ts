import { z } from "zod";

const placeSchema = z
  .object({
    pipeline: z.string(),
    state: z
      .enum(["succeeded", "partiallySucceeded", "failed", "running", "waiting", "outdated", "unknown"])
      .describe("outdated: the record is of an older version; waiting: on a queue, or its event is on the way"),
    lane: z.int().optional().describe("The lane that has it."),
    record: z.string().optional().describe("<container>/<blob name>"),
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
