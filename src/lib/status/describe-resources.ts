import type { ContainerClient } from "@azure/storage-blob";
import type { ResourceDescription } from "../api/pipeline-schemas.ts";
import type { Operation } from "../lane/policy/pace.ts";
import { type PaceFile, paceFile } from "../lane/store/pace-file.ts";
import type { Pipeline } from "../settings/pipeline.ts";
import { UnreadableBlobError } from "../storage/versioned-json.ts";

const OPERATIONS: readonly Operation[] = ["submit", "poll"];

/**
 * How fast the Language resources that share the work of a pipeline are asked, and which of them get none of it for now: one
 * read each. Empty where the pipeline has one resource only: what holds that up, its lanes tell.
 */
export async function describeResources(
  { work, now }: { work: ContainerClient; now: number },
  pipeline: Pipeline,
  endpoints: readonly string[],
): Promise<ResourceDescription[]> {
  if (endpoints.length < 2) return [];
  return Promise.all(
    endpoints.map(async (endpoint) => describe(endpoint, await readPace(work, endpoint), { pipeline, now })),
  );
}

function describe(
  endpoint: string,
  file: PaceFile | undefined,
  { pipeline, now }: { pipeline: Pipeline; now: number },
): ResourceDescription {
  const paces = pipeline.tasks.flatMap(({ kind }) => file?.features[kind] ?? []);
  const refusedUntil = Math.max(
    0,
    ...paces.flatMap(({ refusedUntil: until }) => OPERATIONS.map((operation) => until[operation])),
  );
  const trouble = file?.troubles[pipeline.name];
  return {
    endpoint,
    // A job asks all of the tasks, so that the slowest of them sets its pace.
    ...(paces.length > 0 && {
      jobsPerMinute: Math.round(Math.min(...paces.map(({ jobsPerMinute }) => jobsPerMinute))),
    }),
    ...(refusedUntil > now && { throttledUntil: new Date(refusedUntil).toISOString() }),
    ...(trouble && {
      avoided: { since: trouble.since, until: new Date(trouble.until).toISOString(), reason: trouble.reason },
    }),
  };
}

/** Undefined for a file that cannot be read: a lane that needs it says so. */
async function readPace(work: ContainerClient, endpoint: string): Promise<PaceFile | undefined> {
  try {
    return (await paceFile(work, endpoint).read()).value;
  } catch (error) {
    if (error instanceof UnreadableBlobError) return undefined;
    throw error;
  }
}
