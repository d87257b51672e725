import type { ContainerClient } from "@azure/storage-blob";
import { z } from "zod";
import { VersionedJson } from "../../storage/versioned-json.ts";
import { workNames } from "./names.ts";

/**
 * - `pause`: no document is claimed and no job is sent; jobs that the service has are collected, for they are paid for.
 * - `drain`: no document is claimed; batches in hand are finished.
 */
const PAUSE_MODES = ["pause", "drain"] as const;

export const pauseSchema = z.object({
  mode: z.enum(PAUSE_MODES),
  by: z.string().describe("Who asked for it, as far as is known."),
  reason: z.string(),
  since: z.string().describe("ISO 8601."),
});

/** That somebody stopped a pipeline, and why. */
export type Pause = z.output<typeof pauseSchema>;

const controlSchema = z.object({
  /** The day that is counted, in UTC. */
  day: z.string(),
  /** Sent on that day, over all tasks. */
  textRecords: z.int(),
  pause: pauseSchema.optional(),
});

export type PipelineControl = z.output<typeof controlSchema>;

/** What decides whether a pipeline may send: what it sent today, and whether somebody stopped it. One blob, so one read tells both. */
export function pipelineControl(work: ContainerClient, pipeline: string): VersionedJson<PipelineControl> {
  return new VersionedJson(work, workNames.control(pipeline), controlSchema, () => ({ day: "", textRecords: 0 }));
}
