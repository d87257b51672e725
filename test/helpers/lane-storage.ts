import {
  BlobServiceClient,
  ContainerClient,
  ContainerSASPermissions,
  newPipeline,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import * as queues from "@azure/storage-queue";
import { inject } from "vitest";
import { blobServiceClient, restError } from "../../simulation/storage/blob-clients.ts";
import { StorageRefusal } from "../../simulation/storage/blob-store.ts";
import { queueServiceClient } from "../../simulation/storage/queue-clients.ts";
import { type Gate, MemoryStorage, type StorageOperation } from "../../simulation/storage/storage.ts";
import type { Fuse } from "./fuse.ts";

/** The clients of a storage account. */
export interface LaneStorage {
  blobs: BlobServiceClient;
  queues: queues.QueueServiceClient;
  /** A container for somebody with fewer rights: letters of a SAS, for example "rl". */
  withRights(container: ContainerClient, permissions: string): Promise<ContainerClient>;
  /** Whether its leases and hidden messages go by the clock of the wall, and not by the test's. */
  isReal: boolean;
}

/**
 * Storage for the tests of lanes and projects: in memory, with the conditional semantics of the service (the simulation's, which is
 * compared with Azurite operation by operation) and on the test's own clock; `LANES_ON=azurite` runs the same tests on
 * Azurite, where waiting takes its time.
 * @param fuse kills the process that uses it at one of its operations
 */
export function laneStorage(now: () => number, fuse?: Fuse): LaneStorage {
  if (process.env.LANES_ON === "azurite") return azurite(fuse);
  const storage = new MemoryStorage(now);
  const gate: Gate = (_, apply) => (fuse === undefined ? soon(apply) : fuse.run(() => soon(apply)));
  return {
    blobs: blobServiceClient(storage, gate),
    queues: queueServiceClient(storage, gate),
    withRights: async ({ containerName }, permissions) =>
      blobServiceClient(storage, guarded(gate, permissions)).getContainerClient(containerName),
    isReal: false,
  };
}

/** The letter of a SAS that allows an operation on blobs, as far as the tests take one away. */
const RIGHTS: Partial<Record<StorageOperation["kind"], string>> = {
  read: "r",
  facts: "r",
  write: "w",
  delete: "d",
  list: "l",
};

/** Refuses what the rights do not hold, as the service does. */
function guarded(gate: Gate, permissions: string): Gate {
  return (operation, apply) =>
    gate(operation, () => {
      const right = RIGHTS[operation.kind];
      if (right === undefined || permissions.includes(right)) return apply();
      throw restError(new StorageRefusal(403, "AuthorizationPermissionMismatch"));
    });
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
      withRights,
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
    withRights,
    isReal: true,
  };
}

async function withRights(container: ContainerClient, permissions: string): Promise<ContainerClient> {
  const expiresOn = new Date(Date.now() + 3_600_000);
  const url = await container.generateSasUrl({ permissions: ContainerSASPermissions.parse(permissions), expiresOn });
  return new ContainerClient(url);
}

/** One part of a connection string. */
function part(connectionString: string, name: string): string {
  const found = connectionString.split(";").find((one) => one.startsWith(`${name}=`));
  return found?.slice(name.length + 1) ?? "";
}
