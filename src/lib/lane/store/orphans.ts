import type { ContainerClient } from "@azure/storage-blob";
import { deletePrefix } from "../../storage/lease.ts";
import { UnreadableBlobError } from "../../storage/versioned-json.ts";
import { workNames } from "./names.ts";
import { openLaneFile } from "./open-lane-file.ts";

/**
 * Removes the work blobs of batches that no lane has: of a run that was slower than another, or died while it cleaned up.
 * They hold texts of documents. A batch stands in its lane's file before anything else of it is stored, so what is older
 * than the look at the lanes and stands in none of them is over.
 * @param before milliseconds since 1970: younger blobs are left
 * @returns the batches whose blobs were removed
 */
export async function removeOrphans(work: ContainerClient, before: number): Promise<string[]> {
  const orphans = new Set<string>();
  for await (const { name, properties } of work.listBlobsFlat({ prefix: workNames.batches })) {
    const batch = name.slice(workNames.batches.length).split("/", 1)[0];
    if (batch !== undefined && properties.lastModified.getTime() < before) orphans.add(batch);
  }
  if (orphans.size === 0) return [];
  for await (const { name } of work.listBlobsFlat({ prefix: workNames.lanes })) {
    const batch = await batchOf(work, workNames.laneOf(name));
    if (batch === "unknown") return [];
    orphans.delete(batch ?? "");
  }
  for (const batch of orphans) await deletePrefix(work, workNames.batch(batch));
  return [...orphans];
}

async function batchOf(
  work: ContainerClient,
  address: { pipeline: string; lane: number },
): Promise<string | undefined> {
  try {
    return (await openLaneFile(work, address).read()).value.batch?.id;
  } catch (error) {
    if (error instanceof UnreadableBlobError) return "unknown";
    throw error;
  }
}
