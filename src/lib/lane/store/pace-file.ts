import { createHash } from "node:crypto";
import type { ContainerClient } from "@azure/storage-blob";
import { z } from "zod";
import { reasonSchema } from "../../common/hold.ts";
import { VersionedJson } from "../../storage/versioned-json.ts";
import { firstPace, nextSlots, type Operation, type Pace, paceSchema } from "../policy/pace.ts";
import { workNames } from "./names.ts";

/** Why a resource gets no new jobs of a pipeline. */
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

/** A file with the paces of some features changed. */
export function withPaces(
  file: PaceFile,
  features: readonly string[],
  now: number,
  change: (pace: Pace) => Pace,
): PaceFile {
  const changed = features.map((feature) => [feature, change(file.features[feature] ?? firstPace(now))]);
  return { ...file, features: { ...file.features, ...Object.fromEntries(changed) } };
}

/** When calls reserved now would be made: as the feature with the least room has it. */
export function slotsOf(
  file: PaceFile,
  { features, operation }: { features: readonly string[]; operation: Operation },
  now: number,
): { at: number; everyMs: number } {
  const slots = features.map((feature) => nextSlots(file.features[feature] ?? firstPace(now), operation, now));
  return {
    at: Math.max(...slots.map(({ at }) => at)),
    everyMs: Math.max(...slots.map(({ everyMs }) => everyMs)),
  };
}
