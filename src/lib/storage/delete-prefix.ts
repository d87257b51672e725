import type { ContainerClient } from "@azure/storage-blob";
import pMap from "p-map";
import { deleteBlob } from "./blobs.ts";

/** Deletes every blob whose name begins with `prefix`. Safe to repeat. */
export async function deletePrefix(container: ContainerClient, prefix: string): Promise<void> {
  const names: string[] = [];
  for await (const blob of container.listBlobsFlat({ prefix })) names.push(blob.name);
  await pMap(names, (name) => deleteBlob(container, name), { concurrency: 16 });
}
