import type { QueueClient } from "@azure/storage-queue";
import { isStatus } from "./blobs.ts";

/** The most messages that the queue service shows or hands out in one call. */
export const MESSAGES_PER_CALL = 32; // learn.microsoft.com/rest/api/storageservices/get-messages

/** A message in hand: hidden from others until it is deleted or its time is over. */
export interface ReceivedMessage {
  id: string;
  receipt: string;
  text: string;
}

/** What a queue shows without handing anything out. */
export interface QueuePeek {
  /** The texts at the head that are visible now; at most 32. */
  head: readonly string[];
  /** Messages that are visible now: exact as far as the head shows all of them, an estimate beyond. */
  visible: number;
  /** All messages, hidden ones included; an estimate. */
  total: number;
}

/**
 * A storage queue. Messages never expire (the queue service's default of seven days would let a document of a long
 * backlog vanish) and travel as base64, because a blob name may hold characters that XML refuses.
 */
export class MessageQueue {
  readonly #client: QueueClient;

  constructor(client: QueueClient) {
    this.#client = client;
  }

  async createIfMissing(): Promise<void> {
    await this.#client.createIfNotExists();
  }

  /** Adds a message, visible after `delaySeconds`. Creates the queue when it is missing. */
  async send(text: string, delaySeconds = 0): Promise<void> {
    const body = encode(text);
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

  /**
   * How many messages there are, hidden ones included: an estimate that is never too low
   * (learn.microsoft.com/rest/api/storageservices/get-queue-metadata). 0 when the queue is missing.
   */
  async length(): Promise<number> {
    try {
      return (await this.#client.getProperties()).approximateMessagesCount ?? 0;
    } catch (error) {
      if (isStatus(error, 404)) return 0;
      throw error;
    }
  }

  /** Takes two reads of storage, or one where nothing is. */
  async peek(): Promise<QueuePeek> {
    const total = await this.length();
    if (total === 0) return { head: [], visible: 0, total };
    const { peekedMessageItems } = await this.#client.peekMessages({ numberOfMessages: MESSAGES_PER_CALL });
    const head = peekedMessageItems.map((item) => decode(item.messageText));
    const visible = head.length < MESSAGES_PER_CALL ? head.length : Math.max(head.length, total);
    return { head, visible, total };
  }

  /** Receives up to `count` messages and hides them for `visibilityTimeoutSeconds`. Fewer come when the queue has no more visible ones. */
  async receive(count: number, visibilityTimeoutSeconds: number): Promise<ReceivedMessage[]> {
    const received: ReceivedMessage[] = [];
    while (received.length < count) {
      const wanted = Math.min(MESSAGES_PER_CALL, count - received.length);
      const answer = await this.#client.receiveMessages({
        numberOfMessages: wanted,
        visibilityTimeout: visibilityTimeoutSeconds,
      });
      for (const item of answer.receivedMessageItems) {
        received.push({
          id: item.messageId,
          receipt: item.popReceipt,
          text: decode(item.messageText),
        });
      }
      if (answer.receivedMessageItems.length === 0) break;
    }
    return received;
  }

  /**
   * Changes the message in hand and makes it visible after `delaySeconds`: no copy of it, whatever happens meanwhile. One
   * whose time was over (somebody else may hold it now) is left to its new holder.
   */
  async putBack(
    { id, receipt }: Pick<ReceivedMessage, "id" | "receipt">,
    text: string,
    delaySeconds: number,
  ): Promise<void> {
    try {
      await this.#client.updateMessage(id, receipt, encode(text), Math.ceil(delaySeconds));
    } catch (error) {
      if (!isStatus(error, 404, 400)) throw error;
    }
  }

  /** Removes a message for good. One whose time was over (somebody else may hold it now) is left to its new holder. */
  async delete(message: Pick<ReceivedMessage, "id" | "receipt">): Promise<void> {
    try {
      await this.#client.deleteMessage(message.id, message.receipt);
    } catch (error) {
      if (!isStatus(error, 404, 400)) throw error;
    }
  }
}

function encode(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}

function decode(text: string): string {
  return Buffer.from(text, "base64").toString("utf8");
}
