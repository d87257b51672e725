import { type DocumentMessage, writeDocumentMessage } from "./document-queue.ts";
import type { MessageQueue, QueuePeek, ReceivedMessage } from "./message-queue.ts";

/** So many documents of one way in may use the express queue together: what one job of text takes. */
const EXPRESS_AT_ONCE = 25;
/** And so many more a minute, in each process. */
const EXPRESS_PER_MINUTE = 25;

/** A message in hand, and the queue that it is on. */
export interface WorkMessage extends ReceivedMessage {
  queue: MessageQueue;
}

/** What both queues of a pipeline show together. */
export interface WorkPeek extends QueuePeek {
  /** Of the visible messages, those on the express queue; where its head was not read, as many as it may be. */
  express: number;
}

/**
 * The waiting documents of one pipeline, on two queues, so that a small drop does not wait for a backlog. What comes at a
 * trickle goes to the express queue, what comes in bulk to the other; lanes take half of a batch from the express queue at
 * the most while the other has documents, so that neither waits for the other. Which is bulk tells itself: each way in
 * (events, the sweep, a backfill, redrives, parts of files) has so much room on the express queue, and again so much a minute,
 * in each process, and needs no request to know it.
 */
export class WorkQueue {
  readonly #express: MessageQueue;
  readonly #backlog: MessageQueue;
  readonly #now: () => number;
  readonly #rooms = new Map<string, ExpressRoom>();
  /** Who gets the document that cannot be halved; they take turns, so that batches of one document serve both. */
  #oddToExpress = true;

  /** @param now milliseconds since 1970 */
  constructor({ express, backlog }: { express: MessageQueue; backlog: MessageQueue }, now: () => number) {
    this.#express = express;
    this.#backlog = backlog;
    this.#now = now;
  }

  async createIfMissing(): Promise<void> {
    await Promise.all([this.#express.createIfMissing(), this.#backlog.createIfMissing()]);
  }

  /** Queues new work. Creates the queue when it is missing. */
  async add({ express: _, ...message }: DocumentMessage): Promise<void> {
    const way = message.part === undefined ? message.reason : "part";
    let room = this.#rooms.get(way);
    if (room === undefined) {
      room = new ExpressRoom(this.#now);
      this.#rooms.set(way, room);
    }
    await this.send(room.take() ? { ...message, express: true } : message);
  }

  /** Queues what was queued before, where it was, visible after `delaySeconds`. */
  async send(message: DocumentMessage, delaySeconds = 0): Promise<void> {
    const queue = message.express === true ? this.#express : this.#backlog;
    await queue.send(writeDocumentMessage(message), delaySeconds);
  }

  /**
   * Takes four reads of storage at the most: the length of each queue, and the head of one that is not empty.
   * @param enough from so many visible messages of the backlog on, the head of the express queue is not read
   */
  async peek(enough = Number.POSITIVE_INFINITY): Promise<WorkPeek> {
    const [length, backlog] = await Promise.all([this.#express.length(), this.#backlog.peek()]);
    const unread = { head: [], visible: length, total: length };
    const express = backlog.visible >= enough ? unread : await this.#express.peek(length);
    return {
      head: [...express.head, ...backlog.head],
      visible: express.visible + backlog.visible,
      total: express.total + backlog.total,
      express: express.visible,
    };
  }

  /**
   * Receives up to `count` messages, those of the express queue first, and hides them for `visibilityTimeoutSeconds`. Fewer
   * come when there are no more visible ones.
   * @param seen what `peek` showed just before
   */
  async receive(
    count: number,
    seen: Pick<WorkPeek, "express" | "visible">,
    visibilityTimeoutSeconds: number,
  ): Promise<WorkMessage[]> {
    const from = async (queue: MessageQueue, most: number): Promise<WorkMessage[]> =>
      (await queue.receive(most, visibilityTimeoutSeconds)).map((message) => ({ ...message, queue }));
    const first = await from(this.#express, this.#expressShare(count, seen));
    const rest = await from(this.#backlog, count - first.length);
    const missing = count - first.length - rest.length;
    // Others were faster at the backlog.
    const more = await from(this.#express, Math.min(missing, seen.express - first.length));
    return [...first, ...rest, ...more];
  }

  #expressShare(count: number, { express, visible }: Pick<WorkPeek, "express" | "visible">): number {
    if (express === 0 || express === visible) return Math.min(count, express);
    const half = Math.floor(count / 2);
    if (count % 2 === 0 || express <= half) return Math.min(half, express);
    const share = half + (this.#oddToExpress ? 1 : 0);
    this.#oddToExpress = !this.#oddToExpress;
    return share;
  }

  /** Changes the message in hand and makes it visible on its queue after `delaySeconds`: no copy of it, whatever happens meanwhile. */
  async putBack(held: WorkMessage, message: DocumentMessage, delaySeconds: number): Promise<void> {
    await held.queue.putBack(held, writeDocumentMessage(message), delaySeconds);
  }

  /** Removes a message for good. One whose time was over (somebody else may hold it now) is left to its new holder. */
  async delete(held: WorkMessage): Promise<void> {
    await held.queue.delete(held);
  }
}

/** How many documents may still use the express queue: a bucket of tokens that fills up with the time. */
class ExpressRoom {
  readonly #now: () => number;
  #tokens = EXPRESS_AT_ONCE;
  #at: number;

  constructor(now: () => number) {
    this.#now = now;
    this.#at = now();
  }

  /** @returns whether there was room for one */
  take(): boolean {
    const now = this.#now();
    // A clock that was put back gives nothing and takes nothing.
    const minutes = Math.max(0, now - this.#at) / 60_000;
    this.#at = now;
    this.#tokens = Math.min(EXPRESS_AT_ONCE, this.#tokens + minutes * EXPRESS_PER_MINUTE);
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
