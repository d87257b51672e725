import type { DocumentMessage } from "./document-message.ts";
import { type DocumentPeek, DocumentQueue, type HeldMessage } from "./document-queue.ts";
import type { MessageQueue } from "./message-queue.ts";

/** So many documents of one way in may use the express queue together: what one job of text takes. */
const EXPRESS_AT_ONCE = 25;
/** And so many more a minute, in each process. */
const EXPRESS_PER_MINUTE = 25;

export interface QueueClock {
  /** Milliseconds since 1970. */
  now(): number;
  pause(milliseconds: number): Promise<unknown>;
}

/** A message in hand, and the queue that it is on. */
export interface WorkMessage extends HeldMessage {
  queue: DocumentQueue;
  /** What else is in the message: more than was asked for. */
  spare: readonly DocumentMessage[];
}

/** What both queues of a pipeline show together. */
export interface WorkPeek extends Pick<DocumentPeek, "head" | "visible" | "total"> {
  express: DocumentPeek;
  backlog: DocumentPeek;
}

/**
 * The waiting documents of one pipeline, on two queues, so that a small drop does not wait for a backlog. What comes at a
 * trickle goes to the express queue, what comes in bulk to the other; lanes take half of a batch from the express queue at
 * the most while the other has documents, so that neither waits for the other. Which is bulk tells itself: each way in
 * (events, the sweep, a backfill, redrives, parts of files) has so much room on the express queue, and again so much a minute,
 * in each process, and needs no request to know it.
 */
export class WorkQueue {
  readonly #express: DocumentQueue;
  readonly #backlog: DocumentQueue;
  readonly #now: () => number;
  readonly #rooms = new Map<string, ExpressRoom>();
  /** Who gets the document that cannot be halved; they take turns, so that batches of one document serve both. */
  #oddToExpress = true;

  /** @param together the most documents in a message: what a job takes of them */
  constructor(
    { express, backlog }: { express: MessageQueue; backlog: MessageQueue },
    together: number,
    clock: QueueClock,
  ) {
    this.#express = new DocumentQueue(express, together, clock.pause);
    this.#backlog = new DocumentQueue(backlog, together, clock.pause);
    this.#now = () => clock.now();
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
    await (room.take() ? this.#express.add({ ...message, express: true }) : this.#backlog.add(message));
  }

  /** Queues what was queued before, where it was, visible after `delaySeconds`. */
  async send(documents: readonly DocumentMessage[], delaySeconds = 0): Promise<void> {
    const isExpress = ({ express }: DocumentMessage): boolean => express === true;
    await this.#express.send(documents.filter(isExpress), delaySeconds);
    await this.#backlog.send(
      documents.filter((document) => !isExpress(document)),
      delaySeconds,
    );
  }

  /** Takes four reads of storage at the most: the length of each queue, and the head of one that is not empty. */
  async peek(): Promise<WorkPeek> {
    const [express, backlog] = await Promise.all([this.#express.peek(), this.#backlog.peek()]);
    return {
      head: [...express.head, ...backlog.head],
      visible: express.visible + backlog.visible,
      total: express.total + backlog.total,
      express,
      backlog,
    };
  }

  /**
   * Receives messages with `count` documents together, those of the express queue first, and hides them for
   * `visibilityTimeoutSeconds`. Fewer come when there are no more visible ones; what a message has beyond is its spare.
   * @param seen what `peek` showed just before
   */
  async receive(count: number, seen: WorkPeek, visibilityTimeoutSeconds: number): Promise<WorkMessage[]> {
    let missing = count;
    const take = async (queue: DocumentQueue, most: number, shown: DocumentPeek): Promise<WorkMessage[]> => {
      const held = await queue.receive(most, shown, visibilityTimeoutSeconds);
      const divided = divide(held, most).map((message) => ({ ...message, queue }));
      missing -= countTaken(divided);
      return divided;
    };
    const share = this.#expressShare(count, seen.express.visible, seen.backlog.visible);
    const express = await take(this.#express, share, seen.express);
    const backlog = await take(this.#backlog, missing, seen.backlog);
    if (missing === 0) return [...express, ...backlog];
    // Others were faster at the backlog: the express queue has its share as well.
    const all = express.map((message) => ({ ...message, documents: [...message.documents, ...message.spare] }));
    const redivided = divide(all, count - countTaken(backlog));
    missing = count - countTaken(redivided) - countTaken(backlog);
    const { messages, sizes } = seen.express;
    const left = { ...seen.express, messages: messages - express.length, sizes: sizes.slice(express.length) };
    return [...redivided, ...backlog, ...(await take(this.#express, missing, left))];
  }

  #expressShare(count: number, express: number, backlog: number): number {
    if (express === 0 || backlog === 0) return Math.min(count, express);
    const half = Math.floor(count / 2);
    if (count % 2 === 0 || express <= half) return Math.min(half, express);
    const share = half + (this.#oddToExpress ? 1 : 0);
    this.#oddToExpress = !this.#oddToExpress;
    return share;
  }

  /**
   * Leaves these documents in the message in hand, visible on its queue after `delaySeconds`, and removes the others for
   * good; without any, the message. No copy of it is made, whatever happens meanwhile, and one whose time was over (somebody
   * else may hold it now) is left to its new holder. It comes back behind all that is visible then.
   */
  async leave(held: WorkMessage, documents: readonly DocumentMessage[], delaySeconds: number): Promise<void> {
    await held.queue.leave(held, documents, delaySeconds);
  }

  /** Queues what had its turn already, so that it does not wait for the backlog again. */
  async sendFirst(documents: readonly DocumentMessage[], delaySeconds: number): Promise<void> {
    await this.#express.send(
      documents.map((document) => ({ ...document, express: true })),
      delaySeconds,
    );
  }
}

/** Divides what is in these messages into so many documents, and what is over. */
function divide<T extends HeldMessage>(held: readonly T[], most: number): (T & Pick<WorkMessage, "spare">)[] {
  let room = most;
  return held.map((message) => {
    const documents = message.documents.slice(0, room);
    room -= documents.length;
    return { ...message, documents, spare: message.documents.slice(documents.length) };
  });
}

function countTaken(messages: readonly WorkMessage[]): number {
  return messages.reduce((sum, { documents }) => sum + documents.length, 0);
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
