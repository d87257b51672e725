import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";

/** The storage accounts that the bindings name, one client for each connection string. */
export class StorageClients {
  readonly #blobs = new Map<string, BlobServiceClient>();
  readonly #queues = new Map<string, QueueServiceClient>();

  blobs(connectionString: string): BlobServiceClient {
    let client = this.#blobs.get(connectionString);
    client ??= BlobServiceClient.fromConnectionString(connectionString);
    this.#blobs.set(connectionString, client);
    return client;
  }

  queues(connectionString: string): QueueServiceClient {
    let client = this.#queues.get(connectionString);
    client ??= QueueServiceClient.fromConnectionString(connectionString);
    this.#queues.set(connectionString, client);
    return client;
  }
}

/** The HTTP status of a storage error, or undefined. */
export function statusOf(error: unknown): number | undefined {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === "number" ? status : undefined;
}
