import { z } from "zod";
import type { Standing } from "./judge.ts";

const pipelinesSchema = z.object({
  pipelines: z.array(
    z.looseObject({
      name: z.string(),
      waiting: z.number(),
      lanes: z.array(z.looseObject({ batch: z.looseObject({ documents: z.number() }).optional() })),
      blocked: z.array(z.object({ code: z.string(), message: z.string(), hint: z.string() })),
      totals: z.looseObject({ jobs: z.number(), requests: z.number(), textRecords: z.number() }),
    }),
  ),
});

const standingSchema = z.object({
  name: z.string(),
  places: z.array(z.object({ pipeline: z.string(), state: z.string(), record: z.string().optional() })),
});

/** What the functions say of a pipeline (`GET /api/pipelines`). */
export type PipelineOverview = z.output<typeof pipelinesSchema>["pipelines"][number];

/** @param functions base address */
export async function readPipelines(functions: string): Promise<PipelineOverview[]> {
  const answer = await fetch(`${functions}/api/pipelines`);
  return pipelinesSchema.parse(await answer.json()).pipelines;
}

/** @param functions base address @param name of a document */
export async function readStanding(functions: string, name: string): Promise<Standing> {
  const path = name.split("/").map(encodeURIComponent).join("/");
  const answer = await fetch(`${functions}/api/documents/${path}`);
  return standingSchema.parse(await answer.json());
}
