import { StorageRefusal } from "./blob-store.ts";

export interface QueuedMessage {
  id: string;
  text: string;
  receipt: string;
  /** Hidden until then, milliseconds since 1970. */
  visibleAt: number;
  received: number;
}

/** One queue, each operation of which is one indivisible step. */
export class QueueStore {
  readonly name: string;
  readonly messages: QueuedMessage[] = [];
  readonly #now: () => number;
  readonly #newId: () => string;

  constructor(name: string, { now, newId }: { now: () => number; newId: () => string }) {
    this.name = name;
    this.#now = now;
    this.#newId = newId;
  }

  send(text: string, hiddenSeconds: number): QueuedMessage {
    const visibleAt = this.#now() + hiddenSeconds * 1000;
    const message = { id: this.#newId(), text, receipt: this.#newId(), visibleAt, received: 0 };
    this.messages.push(message);
    return message;
  }

  peek(count: number): QueuedMessage[] {
    return this.#visible(count);
  }

  receive(count: number, hiddenSeconds: number): QueuedMessage[] {
    const taken = this.#visible(count);
    for (const message of taken) {
      message.received++;
      message.receipt = this.#newId();
      message.visibleAt = this.#now() + hiddenSeconds * 1000;
    }
    return taken.map((message) => ({ ...message }));
  }

  update(id: string, receipt: string, change: { text: string; hiddenSeconds: number }): QueuedMessage {
    const message = this.#held(id, receipt);
    message.text = change.text;
    message.receipt = this.#newId();
    message.visibleAt = this.#now() + change.hiddenSeconds * 1000;
    return message;
  }

  delete(id: string, receipt: string): void {
    this.messages.splice(this.messages.indexOf(this.#held(id, receipt)), 1);
  }

  /** The first messages that are visible: a long queue is not gone through for a few. */
  #visible(most: number): QueuedMessage[] {
    const now = this.#now();
    const visible: QueuedMessage[] = [];
    for (const message of this.messages) {
      if (visible.length === most) break;
      if (message.visibleAt <= now) visible.push(message);
    }
    return visible;
  }

  #held(id: string, receipt: string): QueuedMessage {
    const message = this.messages.find((each) => each.id === id);
    if (message === undefined) throw new StorageRefusal(404, "MessageNotFound");
    if (message.receipt !== receipt) throw new StorageRefusal(400, "PopReceiptMismatch");
    return message;
  }
}
