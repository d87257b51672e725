import type { BlobItem, ContainerClient } from "@azure/storage-blob";
import pMap from "p-map";
import type { HostLog } from "../log.ts";
import type { PathPattern } from "../path-template.ts";
import { PollLoop } from "../poll-loop.ts";
import { statusOf } from "../storage.ts";
import type { BlobReceipts } from "./blob-receipts.ts";
import { type BlobMessage, quoteETag } from "./blob-trigger-data.ts";

export interface BlobScannerOptions {
  container: ContainerClient;
  /** The functions that watch this container. */
  functions: { id: string; path: PathPattern }[];
  receipts: BlobReceipts;
  enqueue: (message: BlobMessage) => Promise<void>;
  /** Between the end of a scan and the next, in milliseconds. */
  interval: number;
  log: HostLog;
}

/**
 * A container so full that listing it takes a second is scanned every ten: most of the processor is for what is found.
 * What it takes to tell of new blobs does not count.
 */
const REST = 9;

/** Messages and receipts that are written at the same time. */
const concurrency = 16;

/**
 * Finds new versions of blobs by listing a container, for triggers of source `LogsAndContainerScan`.
 *
 * A scan is one listing: versions seen before are known by their ETag in memory. After a restart the receipts, read once
 * by another listing, tell which versions have been given to a function already.
 */
export class BlobScanner {
  readonly #options: BlobScannerOptions;
  readonly #loop: PollLoop;
  /** The ETag of each blob as last dealt with, by name. */
  readonly #seen = new Map<string, string>();
  #receipts: Set<string> | undefined;
  /** How long the last scan waited for lists. */
  #listingMs = 0;
  #warned = false;

  constructor(options: BlobScannerOptions) {
    this.#options = options;
    this.#loop = new PollLoop({
      pass: () => this.#scan(),
      eager: false,
      rest: () => REST * this.#listingMs,
      shortestWait: options.interval,
      longestWait: options.interval,
      onError: (error) =>
        options.log("warning", `Container ${options.container.containerName} was not scanned: ${error}`),
    });
  }

  start(): void {
    this.#loop.start();
  }

  /** Scans soon, because something is known to have changed. */
  wake(): void {
    this.#loop.wake();
  }

  /** Scans now; true when there was something new. */
  scanNow(): Promise<boolean> {
    return this.#loop.lookNow();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  async #scan(): Promise<boolean> {
    const { container, functions, receipts, log } = this.#options;
    this.#receipts ??= new Set(
      (await Promise.all(functions.map(({ id }) => receipts.read(id)))).flatMap((names) => [...names]),
    );
    const present = new Set<string>();
    let found = false;
    this.#listingMs = 0;
    let asked = performance.now();
    try {
      for await (const page of container.listBlobsFlat().byPage({ maxPageSize: 5000 })) {
        this.#listingMs += performance.now() - asked;
        const blobs = page.segment.blobItems;
        for (const { name } of blobs) present.add(name);
        const changed = blobs.filter(({ name, properties }) => this.#seen.get(name) !== properties.etag);
        await pMap(
          changed,
          async (blob) => {
            if (await this.#offer(blob)) found = true;
            this.#seen.set(blob.name, blob.properties.etag);
          },
          { concurrency },
        );
        asked = performance.now();
      }
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
      if (!this.#warned) log("warning", `Container ${container.containerName} does not exist yet.`);
      this.#warned = true;
    }
    for (const name of this.#seen.keys()) if (!present.has(name)) this.#seen.delete(name);
    this.#receipts = new Set(); // from here on, what is in memory is enough
    return found;
  }

  /** Gives a version to the functions that want it and do not have it. True when there was one. */
  async #offer(blob: BlobItem): Promise<boolean> {
    const { container, functions, receipts, enqueue } = this.#options;
    const { containerName } = container;
    const etag = quoteETag(blob.properties.etag);
    let offered = false;
    for (const { id, path } of functions) {
      if (path.match(containerName, blob.name) === undefined) continue;
      const receipt = receipts.name(id, containerName, blob.name, etag);
      if (this.#receipts?.has(receipt)) continue;
      await enqueue({
        Type: "BlobTrigger",
        FunctionId: id,
        BlobType: blob.properties.blobType ?? "BlockBlob",
        ContainerName: containerName,
        BlobName: blob.name,
        ETag: etag,
      });
      await receipts.write(receipt);
      offered = true;
    }
    return offered;
  }
}
