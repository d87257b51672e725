import { BlobServiceClient, newPipeline, StorageSharedKeyCredential } from "@azure/storage-blob";
import * as queues from "@azure/storage-queue";
import { inject } from "vitest";
import { blobServiceClient } from "../../simulation/storage/blob-clients.ts";
import { queueServiceClient } from "../../simulation/storage/queue-clients.ts";
import { type Gate, MemoryStorage } from "../../simulation/storage/storage.ts";
import type { Fuse } from "./fuse.ts";

/** The clients of a storage account. */
export interface LaneStorage {
  blobs: BlobServiceClient;
  queues: queues.QueueServiceClient;
  /** Whether its leases and hidden messages go by the clock of the wall, and not by the test's. */
  isReal: boolean;
}

/**
 * Storage for the tests of lanes: in memory, with the conditional semantics of the service (the simulation's, which is
 * compared with Azurite operation by operation) and on the test's own clock; `LANES_ON=azurite` runs the same tests on
 * Azurite, where waiting takes its time.
 * @param fuse kills the process that uses it at one of its operations
 */
export function laneStorage(now: () => number, fuse?: Fuse): LaneStorage {
  if (process.env.LANES_ON === "azurite") return azurite(fuse);
  const storage = new MemoryStorage(now);
  const gate: Gate = (_, apply) => (fuse === undefined ? soon(apply) : fuse.run(() => soon(apply)));
  return { blobs: blobServiceClient(storage, gate), queues: queueServiceClient(storage, gate), isReal: false };
}

/** Not at once: what runs side by side takes turns, as over a network. */
async function soon<T>(apply: () => T): Promise<T> {
  await new Promise((resolve) => setImmediate(resolve));
  return apply();
}

/** Storage on the run's Azurite, for what needs more of the real clients. */
export function azurite(fuse?: Fuse): LaneStorage {
  const storage = inject("storage");
  if (fuse === undefined) {
    return {
      blobs: BlobServiceClient.fromConnectionString(storage),
      queues: queues.QueueServiceClient.fromConnectionString(storage),
      isReal: true,
    };
  }
  const [account, key] = [part(storage, "AccountName"), part(storage, "AccountKey")];
  const retryOptions = { maxTries: 1 };
  const ofBlobs = newPipeline(new StorageSharedKeyCredential(account, key), { retryOptions });
  const ofQueues = queues.newPipeline(new queues.StorageSharedKeyCredential(account, key), { retryOptions });
  ofBlobs.factories.unshift(fuse.policyFactory());
  ofQueues.factories.unshift(fuse.policyFactory());
  return {
    blobs: new BlobServiceClient(part(storage, "BlobEndpoint"), ofBlobs),
    queues: new queues.QueueServiceClient(part(storage, "QueueEndpoint"), ofQueues),
    isReal: true,
  };
}

/** One part of a connection string. */
function part(connectionString: string, name: string): string {
  const found = connectionString.split(";").find((one) => one.startsWith(`${name}=`));
  return found?.slice(name.length + 1) ?? "";
}
