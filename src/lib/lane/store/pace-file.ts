import { createHash } from "node:crypto";
import type { ContainerClient } from "@azure/storage-blob";
import { z } from "zod";
import { reasonSchema } from "../../common/hold.ts";
import { VersionedJson } from "../../storage/versioned-json.ts";
import { workNames } from "./names.ts";

const byOperation = z.object({ submit: z.number(), poll: z.number() });

const paceSchema = z.object({
  jobsPerMinute: z.number().positive(),
  free: byOperation,
  refusedUntil: byOperation,
  refusedAt: z.number().optional(),
  together: z.boolean().optional(),
  changedAt: z.number(),
  growths: z.int().min(0),
  most: z.number().optional(),
  noisy: z.literal(true).optional(),
  recent: z.array(z.object({ at: z.number(), submit: z.int(), poll: z.int(), refused: z.int().optional() })),
});

const troubleSchema = z.object({
  /** ISO 8601. */
  since: z.string(),
  /** Failures in a row. */
  times: z.int().min(1),
  /** Until then the pipeline's new jobs go to its other resources, milliseconds since 1970. */
  until: z.number(),
  reason: reasonSchema,
});

const paceFileSchema = z.object({
  schemaVersion: z.literal("1.0"),
  endpoint: z.string(),
  /** By kind of task: the service counts each apart. */
  features: z.record(z.string(), paceSchema),
  /** How long the jobs of a pipeline take here, seconds, by its name. */
  jobSeconds: z.record(z.string(), z.number()).default({}),
  /** Why a pipeline sends nothing new here for now, by its name. */
  troubles: z.record(z.string(), troubleSchema).default({}),
});

/** What is known of a Language resource, shared by all lanes that use it. */
export type PaceFile = z.output<typeof paceFileSchema>;
/** Why a resource gets no new jobs of a pipeline. */
export type Trouble = z.output<typeof troubleSchema>;

/** The file of a Language resource; one that was never asked has an empty one. */
export function paceFile(work: ContainerClient, endpoint: string): VersionedJson<PaceFile> {
  const hash = createHash("sha256").update(endpoint).digest("hex").slice(0, 16);
  return new VersionedJson(work, workNames.pace(hash), paceFileSchema, () => ({
    schemaVersion: "1.0",
    endpoint,
    features: {},
    jobSeconds: {},
    troubles: {},
  }));
}
