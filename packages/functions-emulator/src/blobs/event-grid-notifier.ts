import { randomUUID } from "node:crypto";
import { type BlobItem, BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { z } from "zod";
import { type Clock, RealClock } from "../clock.ts";
import { PollLoop } from "../poll-loop.ts";

/** An event as Event Grid delivers it for a new version of a blob (schema `Microsoft.Storage.BlobCreated`). */
export interface BlobCreatedEvent {
  id: string;
  topic: string;
  subject: string;
  eventType: "Microsoft.Storage.BlobCreated";
  eventTime: string;
  dataVersion: string;
  metadataVersion: string;
  data: {
    api: "PutBlob";
    clientRequestId: string;
    requestId: string;
    eTag: string;
    contentType: string;
    contentLength: number;
    blobType: string;
    url: string;
    sequencer: string;
    storageDiagnostics: { batchId: string };
  };
}

export interface EventGridNotifierOptions {
  /** The storage account. */
  connectionString: string;
  /** The container to watch. */
  container: string;
  /** Where to post, for example `http://…/runtime/webhooks/blobs?functionName=Host.Functions.intake`. */
  webhook: string;
  /**
   * The delays of an event's deliveries in milliseconds: `[0]` is once and at once (the default), `[0, 500]` twice.
   * Differing delays for different events deliver out of order. Waited for on `clock`.
   */
  deliveries?: (event: BlobCreatedEvent) => number[];
  /** Blobs that are there when it starts: told of (default), or taken for known. */
  existing?: "notify" | "skip";
  /** Between two looks at the container, in milliseconds. Default 500. */
  interval?: number;
  clock?: Clock;
  /** Told of a delivery that failed; it is tried again. */
  onFailure?: (message: string) => void;
}

const ValidationResponse = z.object({ validationResponse: z.string() });

/** First wait before a failed delivery is tried again, doubled each time up to the second; milliseconds of real time. */
const retryWaits = [200, 10_000] as const;

/**
 * Plays Event Grid for one container and one subscriber: watches for new versions of blobs and posts an event for each,
 * at least once, in no promised order. It knows nothing of the host but the webhook's address.
 */
export class EventGridNotifier {
  readonly #options: EventGridNotifierOptions;
  readonly #container: ContainerClient;
  readonly #clock: Clock;
  readonly #loop: PollLoop;
  readonly #seen = new Map<string, string>();
  readonly #delivering = new Set<Promise<void>>();
  #first = true;
  #sequence = 0;
  #stopped = false;

  constructor(options: EventGridNotifierOptions) {
    this.#options = options;
    this.#clock = options.clock ?? new RealClock();
    this.#container = BlobServiceClient.fromConnectionString(options.connectionString).getContainerClient(
      options.container,
    );
    const interval = options.interval ?? 500;
    this.#loop = new PollLoop({
      pass: () => this.#look(),
      shortestWait: interval,
      longestWait: interval,
      onError: (error) => options.onFailure?.(`container ${options.container} could not be listed: ${error}`),
    });
  }

  /** Does the handshake of a new subscription and begins to watch. @throws Error when the webhook does not pass it. */
  async start(): Promise<void> {
    const validationCode = randomUUID();
    const response = await this.#post("SubscriptionValidation", [{ id: randomUUID(), data: { validationCode } }]);
    const answer = ValidationResponse.safeParse(await response.json().catch(() => undefined));
    if (response.status !== 200 || answer.data?.validationResponse !== validationCode) {
      throw new Error(`${this.#options.webhook} did not pass the validation handshake (HTTP ${response.status}).`);
    }
    this.#loop.start();
    await this.#loop.lookNow();
  }

  /** Looks at the container now and resolves when every delivery that is due has been made. */
  async flush(): Promise<void> {
    await this.#loop.lookNow();
    await Promise.all(this.#delivering);
  }

  /** Looks no more; deliveries that were not made are given up. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#loop.stop();
    await Promise.all(this.#delivering);
  }

  async #look(): Promise<boolean> {
    for await (const blob of this.#container.listBlobsFlat()) {
      if (this.#seen.get(blob.name) === blob.properties.etag) continue;
      this.#seen.set(blob.name, blob.properties.etag);
      if (this.#first && this.#options.existing === "skip") continue;
      const event = this.#eventFor(blob);
      for (const delay of this.#options.deliveries?.(event) ?? [0]) {
        if (delay <= 0) this.#deliver(event);
        else this.#clock.schedule(this.#clock.now() + delay, () => this.#deliver(event));
      }
    }
    this.#first = false;
    return false;
  }

  #eventFor({ name, properties }: BlobItem): BlobCreatedEvent {
    const { accountName, containerName } = this.#container;
    return {
      id: randomUUID(),
      topic: `/subscriptions/${emptyGuid}/resourceGroups/local/providers/Microsoft.Storage/storageAccounts/${accountName}`,
      subject: `/blobServices/default/containers/${containerName}/blobs/${name}`,
      eventType: "Microsoft.Storage.BlobCreated",
      eventTime: properties.lastModified.toISOString(),
      dataVersion: "",
      metadataVersion: "1",
      data: {
        api: "PutBlob",
        clientRequestId: randomUUID(),
        requestId: randomUUID(),
        eTag: properties.etag.replaceAll('"', ""),
        contentType: properties.contentType ?? "application/octet-stream",
        contentLength: properties.contentLength ?? 0,
        blobType: properties.blobType ?? "BlockBlob",
        url: this.#container.getBlobClient(name).url,
        sequencer: (++this.#sequence).toString(16).toUpperCase().padStart(48, "0"),
        storageDiagnostics: { batchId: randomUUID() },
      },
    };
  }

  #deliver(event: BlobCreatedEvent): void {
    const delivery = this.#deliverUntilTaken(event).finally(() => this.#delivering.delete(delivery));
    this.#delivering.add(delivery);
  }

  async #deliverUntilTaken(event: BlobCreatedEvent): Promise<void> {
    for (
      let [wait, longest] = retryWaits as readonly [number, number];
      !this.#stopped;
      wait = Math.min(wait * 2, longest)
    ) {
      const failure = await this.#post("Notification", [event]).then(
        (response) => (response.ok ? undefined : `HTTP ${response.status}`),
        (error: unknown) => String(error),
      );
      if (failure === undefined) return;
      this.#options.onFailure?.(`event for ${event.subject} was not taken (${failure}); tried again in ${wait} ms`);
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  #post(eventType: string, events: unknown[]): Promise<Response> {
    return fetch(this.#options.webhook, {
      method: "POST",
      headers: { "content-type": "application/json", "aeg-event-type": eventType },
      body: JSON.stringify(events),
    });
  }
}

const emptyGuid = "00000000-0000-0000-0000-000000000000";
