import type { ContainerClient } from "@azure/storage-blob";
import { z } from "zod";
import { readText, writeText } from "../storage/blobs.ts";

const reasonSchema = z.object({ code: z.string(), message: z.string(), hint: z.string() });

const deploymentSchema = z.object({
  endpoint: z.string(),
  project: z.string(),
  deployment: z.string(),
  /** ISO 8601, a day: the last word of authoring, or the day on which the service refused it as expired. */
  expiresOn: z.string().optional(),
  source: z.enum(["authoring", "runtime"]).optional(),
  /** Why authoring could not be asked, or what the service said when it refused. */
  problem: reasonSchema.optional(),
});

const fileSchema = z.object({
  /** ISO 8601. */
  readAt: z.string(),
  /** What was looked at: the deployments, and the pipelines that the service refused. Another look is due when it changes. */
  subject: z.string(),
  deployments: z.array(deploymentSchema),
});

/** When a deployment ends, as far as that is known. */
export type DeploymentExpiry = z.output<typeof deploymentSchema>;
/** What the last look at the deployments found. */
export type ExpiryFile = z.output<typeof fileSchema>;

/** In the work container. */
const NAME = "expiry.json";

/** Undefined before the first look, and for a file that cannot be read: the next look writes it anew. */
export async function readExpiryFile(work: ContainerClient): Promise<ExpiryFile | undefined> {
  const blob = await readText(work, NAME);
  if (blob === undefined) return undefined;
  try {
    return fileSchema.parse(JSON.parse(blob.text));
  } catch {
    return undefined;
  }
}

/** Two sweeps that look at the same time find the same; the later one's words stay. */
export async function writeExpiryFile(work: ContainerClient, file: ExpiryFile): Promise<void> {
  await writeText(work, NAME, JSON.stringify(file));
}
