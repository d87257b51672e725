import pMap from "p-map";
import { type DocumentMessage, readDocuments, writeDocuments } from "./document-message.ts";
import { MESSAGES_PER_CALL, type MessageQueue, type ReceivedMessage } from "./message-queue.ts";

/**
 * A message has at most 64 KiB (learn.microsoft.com/rest/api/storageservices/put-message) in base64, which makes four
 * bytes of three; what a document notes of its passes and tries finds room, too.
 */
const MESSAGE_BYTES = 45_000;
/** After a shared message the next one waits so long: the host gives out further documents only once those before them are queued. */
const LINGER_MS = 25;
/** A message that takes longer holds up the next one no more. */
const SLOW_MS = 1_000;
/** Messages that are sent at a time. */
const CONCURRENCY = 16;

/** A message in hand, and what is in it. */
export interface HeldMessage extends Omit<ReceivedMessage, "text"> {
  documents: readonly DocumentMessage[];
  /** It has something that is no document of ours. */
  isForeign: boolean;
}

/** What a queue shows without handing anything out. */
export interface DocumentPeek {
  /** The documents of the messages at the head that are visible now. */
  head: readonly DocumentMessage[];
  /** How many documents each of these messages has. */
  sizes: readonly number[];
  /** Visible messages, and the documents in them: exact up to 32 messages, an estimate beyond. */
  messages: number;
  visible: number;
  /** All documents, hidden ones included; an estimate. 0 only where there is no message. */
  total: number;
}

/** A document on its way to the queue, and who waits for that. */
interface Unsent {
  document: DocumentMessage;
  sent(): void;
  failed(error: unknown): void;
}

/**
 * A queue of documents, several of which share a message: what comes while a message is being sent, and a moment after,
 * goes together in the next one. So a drop of many costs a few messages in and as few out, and a document that comes alone
 * waits for nobody. Whoever adds one hears of it when its message is stored, or why it is not.
 */
export class DocumentQueue {
  readonly #messages: MessageQueue;
  readonly #together: number;
  readonly #pause: (milliseconds: number) => Promise<unknown>;
  readonly #unsent: Unsent[] = [];
  #isSending = false;

  /** @param together the most documents in a message */
  constructor(messages: MessageQueue, together: number, pause: (milliseconds: number) => Promise<unknown>) {
    this.#messages = messages;
    this.#together = together;
    this.#pause = pause;
  }

  async createIfMissing(): Promise<void> {
    await this.#messages.createIfMissing();
  }

  /** Queues a document, and those with it that come meanwhile. Creates the queue when it is missing. */
  add(document: DocumentMessage): Promise<void> {
    if (this.#together === 1) return this.send([document]);
    return new Promise((sent, failed) => {
      this.#unsent.push({ document, sent, failed });
      if (!this.#isSending) void this.#sendUnsent();
    });
  }

  async #sendUnsent(): Promise<void> {
    this.#isSending = true;
    while (this.#unsent.length > 0) {
      const documents = this.#unsent.slice(0, this.#together).map(({ document }) => document);
      const shared = this.#unsent.splice(0, fitting(documents));
      const hadCompany = await Promise.race([this.#sendShared(shared), this.#pause(SLOW_MS)]);
      if (hadCompany === true && this.#unsent.length < this.#together) await this.#pause(LINGER_MS);
    }
    this.#isSending = false;
  }

  /** @returns whether documents come together: several were in it, or others came meanwhile */
  async #sendShared(shared: readonly Unsent[]): Promise<boolean> {
    const hasCompany = () => shared.length > 1 || this.#unsent.length > 0;
    try {
      await this.#messages.send(writeDocuments(shared.map(({ document }) => document)));
    } catch (error) {
      for (const { failed } of shared) failed(error);
      return hasCompany();
    }
    const hadCompany = hasCompany(); // before those who wait hear of it, and bring the next
    for (const { sent } of shared) sent();
    return hadCompany;
  }

  /** Queues documents, as many together as fit, visible after `delaySeconds`. */
  async send(documents: readonly DocumentMessage[], delaySeconds = 0): Promise<void> {
    const messages: DocumentMessage[][] = [];
    for (let from = 0; from < documents.length; from += messages.at(-1)?.length ?? 0) {
      const rest = documents.slice(from, from + this.#together);
      messages.push(rest.slice(0, fitting(rest)));
    }
    const send = (message: DocumentMessage[]) => this.#messages.send(writeDocuments(message), delaySeconds);
    await pMap(messages, send, { concurrency: CONCURRENCY });
  }

  async peek(): Promise<DocumentPeek> {
    const { head, visible, total } = await this.#messages.peek();
    const read = head.map((text) => readDocuments(text).documents);
    // A message that has none of ours is taken and removed like a document.
    const sizes = read.map((documents) => Math.max(1, documents.length));
    const perMessage = sizes.length === 0 ? 1 : sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    return {
      head: read.flat(),
      sizes,
      messages: visible,
      visible: Math.round(visible * perMessage),
      total: Math.round(total * perMessage),
    };
  }

  /**
   * Receives messages with `most` documents together, or some more, and hides them for `visibilityTimeoutSeconds`. Fewer
   * come when there are no more visible ones.
   * @param seen what `peek` showed just before: which messages are likely to come
   */
  async receive(
    most: number,
    seen: Pick<DocumentPeek, "messages" | "sizes">,
    visibilityTimeoutSeconds: number,
  ): Promise<HeldMessage[]> {
    const held: HeldMessage[] = [];
    let documents = 0;
    while (documents < most && held.length < seen.messages) {
      // One call's worth at a time: what is behind those that were seen may be of any size.
      const asked = Math.min(
        MESSAGES_PER_CALL,
        seen.messages - held.length,
        messagesWith(most - documents, seen.sizes.slice(held.length), documents / Math.max(1, held.length)),
      );
      const received = await this.#messages.receive(asked, visibilityTimeoutSeconds);
      for (const { text, ...message } of received) {
        const read = readDocuments(text);
        held.push({ ...message, ...read });
        documents += Math.max(1, read.documents.length);
      }
      if (received.length < asked) break;
    }
    return held;
  }

  /**
   * Leaves these documents in the message in hand, visible after `delaySeconds`, and removes the others for good; without
   * any, the message. One whose time was over (somebody else may hold it now) is left to its new holder.
   */
  async leave(held: HeldMessage, documents: readonly DocumentMessage[], delaySeconds: number): Promise<void> {
    if (documents.length === 0) await this.#messages.delete(held);
    else await this.#messages.putBack(held, writeDocuments(documents), delaySeconds);
  }
}

/** How many messages have so many documents: as those at the head have them, and behind these as those that came so far. */
function messagesWith(documents: number, sizes: readonly number[], usual: number): number {
  let missing = documents;
  for (const [index, size] of sizes.entries()) {
    missing -= size;
    if (missing <= 0) return index + 1;
  }
  return sizes.length + Math.ceil(missing / Math.max(1, usual));
}

/** How many of these, from the first on, one message has room for; one at least. */
function fitting(documents: readonly DocumentMessage[]): number {
  let bytes = 2;
  for (const [index, document] of documents.entries()) {
    bytes += Buffer.byteLength(JSON.stringify(document)) + 1;
    if (index > 0 && bytes > MESSAGE_BYTES) return index;
  }
  return documents.length;
}
