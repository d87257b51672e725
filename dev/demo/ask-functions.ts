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
  return pipelinesSchema.parse(await ask(`${functions}/api/pipelines`)).pipelines;
}

/** @param functions base address @param name of a document */
export async function readStanding(functions: string, name: string): Promise<Standing> {
  const path = name.split("/").map(encodeURIComponent).join("/");
  return standingSchema.parse(await ask(`${functions}/api/documents/${path}`));
}

/** @throws Error with the answer when it is no success */
async function ask(address: string): Promise<unknown> {
  const answer = await fetch(address);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}: ${text}`);
  return JSON.parse(text);
}
