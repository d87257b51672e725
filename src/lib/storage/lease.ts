import type { ContainerClient } from "@azure/storage-blob";
import pMap from "p-map";
import { BlobRefusedError, deleteBlob, isStatus } from "./blobs.ts";
import { listNames } from "./list-blobs.ts";

/** How long a lease outlives a holder that died, in seconds: the shortest there is (learn.microsoft.com/rest/api/storageservices/lease-blob). */
const LEASE_SECONDS = 15;
/** So often a holder that lives renews it. */
const RENEW_MS = 5_000;

/** Somebody holds the lease, or it is about to end (the page "Lease Blob", outcomes of lease operations). */
const BUSY: ReadonlySet<string> = new Set(["LeaseAlreadyPresent", "LeaseIsBreakingAndCannotBeAcquired"]);

/**
 * Does `work` while holding the lease of a blob: one at a time, whatever the process. Readers of the blob are not held up.
 * A holder whose process stands still for the length of the lease loses it without knowing.
 * @returns what `work` returns; undefined when somebody else holds the lease
 * @throws RestError with status 404 when there is no such blob
 */
export async function underLease<T extends object>(
  container: ContainerClient,
  name: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const lease = container.getBlobClient(name).getBlobLeaseClient();
  try {
    await lease.acquireLease(LEASE_SECONDS);
  } catch (error) {
    if (isStatus(error, 409) && BUSY.has(error.code ?? "")) return undefined;
    throw error;
  }
  const renewal = setInterval(() => void lease.renewLease().catch(() => {}), RENEW_MS).unref();
  try {
    return await work();
  } finally {
    clearInterval(renewal);
    await lease.releaseLease().catch(() => {}); // it ends by itself
  }
}

/** Ends whatever lease the blob is under. */
export async function breakLease(container: ContainerClient, name: string): Promise<void> {
  try {
    await container.getBlobClient(name).getBlobLeaseClient().breakLease(0);
  } catch (error) {
    if (!isStatus(error, 404, 409)) throw error;
  }
}

/** Deletes every blob whose name begins with `prefix`, also under a lease. Safe to repeat. */
export async function deletePrefix(container: ContainerClient, prefix: string): Promise<void> {
  await deleteBlobs(container, await listNames(container, prefix));
}

/** Deletes these blobs, also under a lease; those that are gone already, too. */
export async function deleteBlobs(container: ContainerClient, names: readonly string[]): Promise<void> {
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
