import type { QueueClient } from "@azure/storage-queue";
import type { FunctionRunner } from "../function-runner.ts";
import type { BlobTrigger, HostFunction } from "../host-function.ts";
import type { HostSettings } from "../host-json.ts";
import type { HostLog } from "../log.ts";
import { createOnDemand } from "../outputs.ts";
import { QueueListener } from "../queues/queue-listener.ts";
import { encodeMessage } from "../queues/queue-trigger.ts";
import { type StorageClients, statusOf } from "../storage.ts";
import { toTypedData } from "../typed-data.ts";
import type { HostViolation } from "../violations.ts";
import { BlobReceipts } from "./blob-receipts.ts";
import { BlobScanner } from "./blob-scanner.ts";
import { BlobMessage, blobContent, blobMetadata, blobReference } from "./blob-trigger-data.ts";

export interface BlobTriggersOptions {
  functions: HostFunction<BlobTrigger>[];
  runner: FunctionRunner;
  storage: StorageClients;
  /** `AzureWebJobsStorage`: the internal queue and the receipts are there. */
  hostStorage: string;
  hostId: string;
  settings: HostSettings;
  scanInterval: number;
  lockSeconds: number;
  longestWait: number;
  log: HostLog;
  report: (violation: HostViolation) => void;
}

/** The queue for blobs that no attempt could handle; in the storage account of the blob. */
const poisonQueue = "webjobs-blobtrigger-poison";

/**
 * Everything that runs blob-triggered functions: scans and webhook put messages on one internal queue, and a listener
 * runs the functions for them. Who is told of a blob twice runs twice; who fails is tried again (`BlobQueueTriggerExecutor.cs`).
 */
export class BlobTriggers {
  readonly #options: BlobTriggersOptions;
  readonly #queue: QueueClient;
  readonly #listener: QueueListener;
  readonly #scanners: BlobScanner[];

  constructor(options: BlobTriggersOptions) {
    this.#options = options;
    const { storage, hostStorage, hostId, settings, lockSeconds, longestWait, log } = options;
    const { maxDegreeOfParallelism, poisonBlobThreshold } = settings.blobs;
    const batchSize = Math.min(32, Math.ceil(maxDegreeOfParallelism / 2));
    this.#queue = storage.queues(hostStorage).getQueueClient(`azure-webjobs-blobtrigger-${hostId}`);
    this.#listener = new QueueListener({
      queue: this.#queue,
      settings: {
        ...settings.queues,
        batchSize,
        newBatchThreshold: maxDegreeOfParallelism - batchSize,
        maxDequeueCount: poisonBlobThreshold,
        messageEncoding: "base64",
      },
      handle: ({ text }) => this.#handle(text),
      poisonQueue: (text) => storage.queues(this.#storageOf(text)).getQueueClient(poisonQueue),
      lockSeconds,
      longestWait,
      onUndecodable: () => {},
      log,
    });
    this.#scanners = this.#createScanners();
  }

  start(): void {
    if (this.#options.functions.length === 0) return;
    this.#listener.start();
    for (const scanner of this.#scanners) scanner.start();
  }

  /** Puts a message on the internal queue; durable when it resolves. */
  async enqueue(message: BlobMessage): Promise<void> {
    const text = encodeMessage(JSON.stringify(message), "base64");
    await createOnDemand(
      () => this.#queue.sendMessage(text),
      () => this.#queue.createIfNotExists(),
    );
    this.#listener.wake();
  }

  /** Scans and runs what there is to run. True when there was something. */
  async drain(): Promise<boolean> {
    if (this.#options.functions.length === 0) return false;
    const found = await Promise.all(this.#scanners.map((scanner) => scanner.scanNow()));
    return (await this.#listener.drain()) || found.includes(true);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#scanners.map((scanner) => scanner.stop()));
    await this.#listener.stop();
  }

  /** Runs a function for a blob by its path, `container/name`. */
  async runForPath(target: HostFunction<BlobTrigger>, path: string): Promise<unknown> {
    const slash = path.indexOf("/");
    return this.#run(target, path.slice(0, slash), path.slice(slash + 1), undefined);
  }

  /** Functions that watch the same container share a scan. */
  #createScanners(): BlobScanner[] {
    const { functions, storage, hostStorage, hostId, scanInterval, log } = this.#options;
    const receipts = new BlobReceipts(storage.blobs(hostStorage), hostId);
    const scanned = functions.filter(({ trigger }) => trigger.source === "LogsAndContainerScan");
    const groups = Map.groupBy(scanned, ({ trigger }) => `${trigger.path.container} ${trigger.connection}`);
    return [...groups.values()].flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      return new BlobScanner({
        container: storage.blobs(first.trigger.connection).getContainerClient(first.trigger.path.container),
        functions: group.map(({ id, trigger }) => ({ id, path: trigger.path })),
        receipts,
        enqueue: (message) => this.enqueue(message),
        interval: scanInterval,
        log,
      });
    });
  }

  #storageOf(text: string): string {
    const target = this.#options.functions.find(({ id }) => id === parseMessage(text)?.FunctionId);
    return target?.trigger.connection ?? this.#options.hostStorage;
  }

  async #handle(text: string): Promise<void> {
    const { functions, log } = this.#options;
    const message = parseMessage(text);
    if (message === undefined) throw new Error("it is not a blob trigger message");
    const target = functions.find(({ id }) => id === message.FunctionId);
    if (target === undefined) {
      log(
        "warning",
        `Blob ${message.ContainerName}/${message.BlobName} is for ${message.FunctionId}, which is not there.`,
      );
      return;
    }
    await this.#run(target, message.ContainerName, message.BlobName, message.ETag);
  }

  async #run(
    target: HostFunction<BlobTrigger>,
    container: string,
    blobName: string,
    etag: string | undefined,
  ): Promise<unknown> {
    const { runner, storage, log, report } = this.#options;
    const { path, connection, connectionName, deferred, source } = target.trigger;
    const blob = storage.blobs(connection).getContainerClient(container).getBlobClient(blobName);
    const properties = await blob.getProperties().catch((error: unknown) => {
      if (statusOf(error) === 404 && etag !== undefined) return undefined;
      throw error;
    });
    if (properties === undefined) {
      log("debug", `Blob ${container}/${blobName} is gone; nothing to run.`, target.name);
      return undefined;
    }
    if (source === "LogsAndContainerScan" && etag !== undefined && properties.etag !== etag) {
      log("debug", `Blob ${container}/${blobName} has changed since; its new version is looked for.`, target.name);
      for (const scanner of this.#scanners) scanner.wake();
      return undefined;
    }
    const parameters = path.match(container, blobName);
    if (parameters === undefined) {
      report({
        code: "event-outside-path",
        functionName: target.name,
        message:
          `An event for a blob of container ${container} reached function "${target.name}", whose path it does not match; ` +
          "Azure runs the function all the same. The event subscription's filter should match the path.",
      });
    }
    const metadata = blobMetadata(blob, properties, parameters ?? {});
    const result = await runner.run(
      target,
      {
        trigger: deferred
          ? { modelBindingData: blobReference(connectionName, container, blobName) }
          : { bytes: await blobContent(blob, properties) },
        metadata: Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, toTypedData(value)])),
      },
      metadata,
    );
    return result.value;
  }
}

function parseMessage(text: string): BlobMessage | undefined {
  try {
    return BlobMessage.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
