import { DefaultAzureCredential } from "@azure/identity";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { isStatus } from "../../src/lib/storage/blobs.ts";
import type { BatchArguments } from "./arguments.ts";

/** The containers that a run touches. */
export interface RunStorage {
  input: ContainerClient;
  results: ContainerClient;
  failed: ContainerClient;
}

/** @throws Error for what is no connection string, address or name of an account */
export function openStorage({ storage, containers }: Pick<BatchArguments, "storage" | "containers">): RunStorage {
  const blobs = blobService(storage);
  return {
    input: blobs.getContainerClient(containers.input),
    results: blobs.getContainerClient(containers.results),
    failed: blobs.getContainerClient(containers.failed),
  };
}

function blobService(storage: string): BlobServiceClient {
  if (/^https?:\/\//.test(storage)) {
    // The signature of a shared access is all that such an address needs.
    return new URL(storage).searchParams.has("sig")
      ? new BlobServiceClient(storage)
      : new BlobServiceClient(storage, new DefaultAzureCredential());
  }
  if (/^[a-z0-9]{3,24}$/.test(storage))
    return new BlobServiceClient(`https://${storage}.blob.core.windows.net`, new DefaultAzureCredential());
  try {
    return BlobServiceClient.fromConnectionString(storage);
  } catch {
    // Not the value: it holds a key.
    throw new Error("--storage takes a connection string, an address (https://…) or the name of a storage account.");
  }
}

/** What to say of an error of storage, for whoever may do something about it. */
export function adviseStorage(error: unknown, { input }: RunStorage): Error {
  const { accountName, containerName } = input;
  if (isStatus(error, 401, 403))
    return new Error(
      `The storage account ${accountName} refused. Sign in (az login) with the role Storage Blob Data Contributor on it, and check that its network lets you in.`,
    );
  if (isStatus(error, 404))
    return new Error(
      `The storage account ${accountName} lacks a container of the app, such as ${containerName}. Is it the app's account? Set --storage; names other than the defaults: INPUT_CONTAINER_NAME, RESULTS_CONTAINER_NAME, FAILED_CONTAINER_NAME.`,
    );
  return error instanceof Error ? error : new Error(String(error));
}
