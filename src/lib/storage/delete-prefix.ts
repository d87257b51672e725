import type { ContainerClient } from "@azure/storage-blob";
import pMap from "p-map";
import { deleteBlob } from "./blobs.ts";
import { BlobRefusedError } from "./errors.ts";
import { breakLease } from "./lease.ts";

/** Deletes every blob whose name begins with `prefix`, also under a lease. Safe to repeat. */
export async function deletePrefix(container: ContainerClient, prefix: string): Promise<void> {
  const names: string[] = [];
  for await (const blob of container.listBlobsFlat({ prefix })) names.push(blob.name);
  await pMap(names, (name) => remove(container, name), { concurrency: 16 });
}

async function remove(container: ContainerClient, name: string): Promise<void> {
  try {
    await deleteBlob(container, name);
  } catch (error) {
    if (!(error instanceof BlobRefusedError && error.code === "LeaseIdMissing")) throw error;
    await breakLease(container, name);
    await deleteBlob(container, name);
  }
}
