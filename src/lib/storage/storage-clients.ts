import type { TokenCredential } from "@azure/core-auth";
import { DefaultAzureCredential, ManagedIdentityCredential } from "@azure/identity";
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import type { StorageSettings } from "../settings/storage-settings.ts";

export interface StorageClients {
  blobs: BlobServiceClient;
  queues: QueueServiceClient;
}

/** Clients for the storage account that the host itself uses. */
export function createStorageClients(
  settings: StorageSettings,
  makeCredential: (settings: StorageSettings & { kind: "identity" }) => TokenCredential = storageCredential,
): StorageClients {
  if (settings.kind === "connectionString") {
    const { connectionString } = settings;
    return {
      blobs: BlobServiceClient.fromConnectionString(connectionString),
      queues: QueueServiceClient.fromConnectionString(connectionString),
    };
  }
  const credential = makeCredential(settings);
  return {
    blobs: new BlobServiceClient(settings.blobServiceUri, credential),
    queues: new QueueServiceClient(settings.queueServiceUri, credential),
  };
}

/** Another account's blob service; with Entra ID even where the host's own account is reached by a connection string. */
export function blobServiceAt(url: string, settings: StorageSettings): BlobServiceClient {
  const credential = settings.kind === "identity" ? storageCredential(settings) : new DefaultAzureCredential();
  return new BlobServiceClient(url, credential);
}

/** The identity that a host connection names: only the app's own, or whatever is signed in. */
function storageCredential(settings: StorageSettings & { kind: "identity" }): TokenCredential {
  const { credential, clientId } = settings;
  if (credential === "managedIdentity") {
    return clientId === undefined ? new ManagedIdentityCredential() : new ManagedIdentityCredential({ clientId });
  }
  return new DefaultAzureCredential(clientId === undefined ? {} : { managedIdentityClientId: clientId });
}
