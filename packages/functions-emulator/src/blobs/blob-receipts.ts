import { createHash } from "node:crypto";
import type { BlobServiceClient, ContainerClient } from "@azure/storage-blob";
import { createOnDemand } from "../outputs.ts";
import { statusOf } from "../storage.ts";

/** The container in which the host keeps what it must remember. */
export const hostContainer = "azure-webjobs-hosts";

/**
 * Which versions of which blobs a function has been given, one empty blob for each:
 * `blobreceipts/<host id>/<function id>/<etag>/<container>/<blob>` (`BlobReceiptManager.cs`).
 *
 * The real host writes a receipt as incomplete, leases it, enqueues the message and then completes the receipt, because
 * several instances may scan at once. With one scanning process a receipt is written once, after the message is durable:
 * a crash in between makes the function run twice for a version, never zero times, as in Azure.
 */
export class BlobReceipts {
  readonly #container: ContainerClient;
  readonly #prefix: string;

  constructor(storage: BlobServiceClient, hostId: string) {
    this.#container = storage.getContainerClient(hostContainer);
    this.#prefix = `blobreceipts/${hostId}/`;
  }

  /** The name of a receipt. A blob name too long to be part of another name is replaced by its hash. */
  name(functionId: string, container: string, blobName: string, etag: string): string {
    const before = `${this.#prefix}${functionId}/${etag}/${container}/`;
    if (before.length + blobName.length <= 1024) return before + blobName;
    return before + createHash("sha256").update(blobName).digest("hex");
  }

  /** The names of all receipts of a function. */
  async read(functionId: string): Promise<Set<string>> {
    const names = new Set<string>();
    try {
      for await (const { name } of this.#container.listBlobsFlat({ prefix: `${this.#prefix}${functionId}/` }))
        names.add(name);
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
    }
    return names;
  }

  /** Writes a receipt; harmless when it is there already. */
  async write(name: string): Promise<void> {
    await createOnDemand(
      () => this.#container.getBlockBlobClient(name).upload("", 0),
      () => this.#container.createIfNotExists(),
    );
  }
}
