import type { QueueClient } from "@azure/storage-queue";
import { isStatus } from "./blobs.ts";

/** The most messages that the queue service shows or hands out in one call. */
const MESSAGES_PER_CALL = 32; // learn.microsoft.com/rest/api/storageservices/get-messages

/** A message in hand: hidden from others until it is dropped or its time is over. */
export interface TakenMessage {
  id: string;
  receipt: string;
  text: string;
}

/** What a look at the queue shows without taking anything. */
export interface QueueLook {
  /** The texts at the head that are visible now; at most 32. */
  head: readonly string[];
  /** All messages, hidden ones included; an estimate. */
  total: number;
}

/**
 * The waiting documents of one pipeline. Messages never expire (the queue service's default of seven days would let a
 * document of a long backlog vanish) and travel as base64, because a blob name may hold characters that XML refuses.
 */
export class WorkQueue {
  readonly #client: QueueClient;

  constructor(client: QueueClient) {
    this.#client = client;
  }

  get name(): string {
    return this.#client.name;
  }

  async createIfMissing(): Promise<void> {
    await this.#client.createIfNotExists();
  }

  /** Adds a message, visible after `delaySeconds`. Creates the queue when it is missing. */
  async send(text: string, delaySeconds = 0): Promise<void> {
    const body = Buffer.from(text, "utf8").toString("base64");
    const options = {
      messageTimeToLive: -1,
      ...(delaySeconds > 0 ? { visibilityTimeout: Math.ceil(delaySeconds) } : {}),
    };
    try {
      await this.#client.sendMessage(body, options);
    } catch (error) {
      if (!isStatus(error, 404)) throw error;
      await this.createIfMissing();
      await this.#client.sendMessage(body, options);
    }
  }

  async look(): Promise<QueueLook> {
    try {
      const [head, properties] = await Promise.all([
        this.#client.peekMessages({ numberOfMessages: MESSAGES_PER_CALL }),
        this.#client.getProperties(),
      ]);
      return {
        head: head.peekedMessageItems.map((item) => decode(item.messageText)),
        total: properties.approximateMessagesCount ?? 0,
      };
    } catch (error) {
      if (isStatus(error, 404)) return { head: [], total: 0 };
      throw error;
    }
  }

  /** Takes up to `count` messages and hides them for `hideSeconds`. Fewer come when the queue has no more visible ones. */
  async take(count: number, hideSeconds: number): Promise<TakenMessage[]> {
    const taken: TakenMessage[] = [];
    while (taken.length < count) {
      const wanted = Math.min(MESSAGES_PER_CALL, count - taken.length);
      const answer = await this.#client.receiveMessages({ numberOfMessages: wanted, visibilityTimeout: hideSeconds });
      for (const item of answer.receivedMessageItems) {
        taken.push({
          id: item.messageId,
          receipt: item.popReceipt,
          text: decode(item.messageText),
        });
      }
      if (answer.receivedMessageItems.length === 0) break;
    }
    return taken;
  }

  /** Removes a message for good. One whose time was over (somebody else may hold it now) is left to its new holder. */
  async drop(message: TakenMessage): Promise<void> {
    try {
      await this.#client.deleteMessage(message.id, message.receipt);
    } catch (error) {
      if (!isStatus(error, 404, 400)) throw error;
    }
  }
}

function decode(text: string): string {
  return Buffer.from(text, "base64").toString("utf8");
}
