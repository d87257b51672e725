import type { DequeuedMessageItem, QueueClient } from "@azure/storage-queue";
import { describe } from "../function-runner.ts";
import type { QueueSettings } from "../host-json.ts";
import type { HostLog } from "../log.ts";
import { createOnDemand } from "../outputs.ts";
import { PollLoop } from "../poll-loop.ts";
import { statusOf } from "../storage.ts";
import { decodeMessage } from "./queue-trigger.ts";

/** A message as it was received, with its text decoded. */
export interface ReceivedMessage extends DequeuedMessageItem {
  text: string;
}

interface Handling {
  message: ReceivedMessage;
  /** The function has ended; the lock is no longer renewed. */
  ended: boolean;
  /** A renewal under way, which changes the receipt that deleting needs. */
  renewal: Promise<unknown>;
  done: Promise<void>;
}

export interface QueueListenerOptions {
  queue: QueueClient;
  settings: QueueSettings;
  /** Handles a message; a rejection is a failed attempt. */
  handle: (message: ReceivedMessage) => Promise<void>;
  /** Where messages go that failed too often; without it they stay locked, to be tried again when the lock ends. */
  poisonQueue: ((text: string) => QueueClient) | undefined;
  /** How long a message under way stays invisible unless renewed, in seconds; renewed while its function runs. */
  lockSeconds: number;
  /** The longest wait between two looks into an empty queue, in milliseconds. */
  longestWait: number;
  onUndecodable: (messageId: string) => void;
  log: HostLog;
}

/**
 * Listens to a queue as the queue trigger does (`QueueListener.cs`, `QueueProcessor.cs`): fetches a batch while few
 * enough messages are under way, deletes a message after success, makes it visible again after a failure and moves it
 * to a poison queue after too many.
 *
 * The real trigger locks a message for ten minutes at a time, so that after a crash it is seen again up to ten minutes
 * later. Here the lock is short and renewed more often, which brings a killed host's messages back within seconds.
 */
export class QueueListener {
  readonly #options: QueueListenerOptions;
  readonly #loop: PollLoop;
  readonly #handling = new Map<string, Handling>();
  #renewal: NodeJS.Timeout | undefined;

  constructor(options: QueueListenerOptions) {
    this.#options = options;
    this.#loop = new PollLoop({
      pass: () => this.#fetch(),
      shortestWait: 50,
      longestWait: Math.max(50, options.longestWait),
      onError: (error) => options.log("warning", `Queue ${options.queue.name} could not be read: ${error}`),
    });
  }

  get url(): string {
    return this.#options.queue.url;
  }

  start(): void {
    this.#loop.start();
    this.#renewal = setInterval(() => this.#renewLocks(), (this.#options.lockSeconds * 1000) / 3);
  }

  /** Looks into the queue now. */
  wake(): void {
    this.#loop.wake();
  }

  /** Resolves when nothing is under way and the queue has shown no visible message. True when there was something. */
  async drain(): Promise<boolean> {
    let any = false;
    for (;;) {
      const found = await this.#loop.lookNow();
      any ||= found || this.#handling.size > 0;
      if (!found && this.#handling.size === 0) return any;
      await this.#settled();
    }
  }

  /** Fetches no more and lets what is under way end. */
  async stop(): Promise<void> {
    await this.#loop.stop();
    await this.#settled();
    clearInterval(this.#renewal);
  }

  async #settled(): Promise<void> {
    await Promise.all([...this.#handling.values()].map(({ done }) => done));
  }

  async #fetch(): Promise<boolean> {
    const { queue, settings, lockSeconds } = this.#options;
    while (this.#handling.size > settings.newBatchThreshold) {
      await Promise.race([...this.#handling.values()].map(({ done }) => done));
    }
    const received = await queue
      .receiveMessages({ numberOfMessages: settings.batchSize, visibilityTimeout: lockSeconds })
      .catch((error: unknown) => {
        if (statusOf(error) === 404) return { receivedMessageItems: [] }; // nobody has created it yet
        throw error;
      });
    for (const item of received.receivedMessageItems) this.#accept(item);
    return received.receivedMessageItems.length > 0;
  }

  #accept(item: DequeuedMessageItem): void {
    const text = decodeMessage(item.messageText, this.#options.settings.messageEncoding);
    const message = { ...item, text: text ?? item.messageText };
    const handling: Handling = { message, ended: false, renewal: Promise.resolve(), done: Promise.resolve() };
    this.#handling.set(item.messageId, handling);
    handling.done = this.#process(handling, text !== undefined)
      .catch((error: unknown) => {
        this.#options.log("warning", `Message ${item.messageId} of queue ${this.#options.queue.name}: ${error}`);
      })
      .finally(() => this.#handling.delete(item.messageId));
  }

  async #process(handling: Handling, decoded: boolean): Promise<void> {
    const { message } = handling;
    const { settings, handle, onUndecodable, poisonQueue, queue, log } = this.#options;
    if (!decoded) {
      onUndecodable(message.messageId);
      return this.#moveToPoison(message);
    }
    if (message.dequeueCount > settings.maxDequeueCount) return this.#moveToPoison(message);
    const failed = await handle(message).then(
      () => false,
      (error: unknown) => {
        const attempt = `attempt ${message.dequeueCount} of ${settings.maxDequeueCount}`;
        log("warning", `Message ${message.messageId} of queue ${queue.name} failed (${attempt}): ${describe(error)}`);
        return true;
      },
    );
    handling.ended = true;
    await handling.renewal;
    if (!failed) return this.#delete(message);
    if (poisonQueue === undefined) return; // released at once it would come back without end
    if (message.dequeueCount >= settings.maxDequeueCount) return this.#moveToPoison(message);
    await this.#update(message, Math.ceil(settings.visibilityTimeout / 1000));
    this.#loop.wake();
  }

  async #moveToPoison(message: ReceivedMessage): Promise<void> {
    const { poisonQueue, log, queue } = this.#options;
    if (poisonQueue === undefined) return;
    const poison = poisonQueue(message.text);
    log("warning", `Message ${message.messageId} of queue ${queue.name} goes to queue ${poison.name}.`);
    await createOnDemand(
      () => poison.sendMessage(message.messageText),
      () => poison.createIfNotExists(),
    );
    await this.#delete(message);
  }

  async #delete(message: ReceivedMessage): Promise<void> {
    await ignoreTaken(this.#options.queue.deleteMessage(message.messageId, message.popReceipt));
  }

  async #update(message: ReceivedMessage, visibilityTimeout: number): Promise<void> {
    const { queue } = this.#options;
    const updated = await ignoreTaken(
      queue.updateMessage(message.messageId, message.popReceipt, undefined, visibilityTimeout),
    );
    if (updated?.popReceipt !== undefined) message.popReceipt = updated.popReceipt;
  }

  #renewLocks(): void {
    for (const handling of this.#handling.values()) {
      if (handling.ended) continue;
      handling.renewal = this.#update(handling.message, this.#options.lockSeconds).catch((error: unknown) => {
        this.#options.log("warning", `The lock of message ${handling.message.messageId} was not renewed: ${error}`);
      });
    }
  }
}

/** A message that somebody else has taken over or removed needs nothing more from us. */
async function ignoreTaken<T>(operation: Promise<T>): Promise<T | undefined> {
  try {
    return await operation;
  } catch (error) {
    const status = statusOf(error);
    if (status === 404 || status === 400) return undefined;
    throw error;
  }
}
