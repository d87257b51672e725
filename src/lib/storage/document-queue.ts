import type { QueueClient } from "@azure/storage-queue";
import { z } from "zod";
import { isBlobName, isStatus } from "./blobs.ts";

/** The most messages that the queue service shows or hands out in one call. */
const MESSAGES_PER_CALL = 32; // learn.microsoft.com/rest/api/storageservices/get-messages

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

  async peek(): Promise<QueuePeek> {
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
  async putBack({ id, receipt }: ReceivedMessage, text: string, delaySeconds: number): Promise<void> {
    try {
      await this.#client.updateMessage(id, receipt, encode(text), Math.ceil(delaySeconds));
    } catch (error) {
      if (!isStatus(error, 404, 400)) throw error;
    }
  }

  /** Removes a message for good. One whose time was over (somebody else may hold it now) is left to its new holder. */
  async delete(message: ReceivedMessage): Promise<void> {
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

/** Why a document was put on the queue. */
const QUEUE_REASONS = ["event", "sweep", "backfill", "redrive"] as const;

export const documentMessageSchema = z.object({
  /** Blob name. Which version is analysed is decided when the document is read: always the current one. */
  name: z.string().refine(isBlobName),
  reason: z.enum(QUEUE_REASONS),
  /**
   * ETag of the record that this asks to be replaced: a failure or a partially succeeded result by a redrive, a result by a
   * forced backfill. Once another record stands, there is nothing to do; absent: whatever failure stands.
   */
  record: z.string().optional(),
  /** When the document first asked to be analysed, ISO 8601: copies of the message keep it. */
  queuedAt: z.iso.datetime(),
  /** How often the message was put back to fill a job better. */
  passes: z.int().min(0).default(0),
  /** How often reading it was begun and never came to an end: the process died. */
  tries: z.int().min(0).default(0),
  /** W3C traceparent of the intake, which begins the document's trace. */
  traceparent: z.string().max(200).optional().catch(undefined),
  /** A part of a file of rows, not the whole. */
  part: z.object({ run: z.string(), number: z.int().min(1) }).optional(),
});

/** One waiting document. */
export type DocumentMessage = z.output<typeof documentMessageSchema>;

/** What tells one piece of work from another: the document, or the part of it. */
export function messageKey({ name, part }: Pick<DocumentMessage, "name" | "part">): string {
  return part === undefined ? name : `${name}\n${part.run}/${part.number}`;
}

export function writeDocumentMessage(message: DocumentMessage): string {
  return JSON.stringify(message);
}

/** Undefined for a text that is no document message (somebody else wrote into our queue). */
export function readDocumentMessage(text: string): DocumentMessage | undefined {
  try {
    return documentMessageSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/**
 * How long the oldest of these messages has waited, in seconds.
 * @param now milliseconds since 1970
 * @returns undefined when none is a document message
 */
export function oldestSeconds(texts: readonly string[], now: number): number | undefined {
  const queued = texts.flatMap((text) => {
    const message = readDocumentMessage(text);
    return message === undefined ? [] : [Date.parse(message.queuedAt)];
  });
  return queued.length === 0 ? undefined : Math.max(0, (now - Math.min(...queued)) / 1000);
}
