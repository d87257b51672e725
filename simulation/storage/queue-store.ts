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
  /** By when they are visible. */
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
    this.#place(message);
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
      this.#hide(message, hiddenSeconds);
    }
    return taken.map((message) => ({ ...message }));
  }

  update(id: string, receipt: string, change: { text: string; hiddenSeconds: number }): QueuedMessage {
    const message = this.#held(id, receipt);
    message.text = change.text;
    message.receipt = this.#newId();
    this.#hide(message, change.hiddenSeconds);
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
      if (visible.length === most || message.visibleAt > now) break;
      visible.push(message);
    }
    return visible;
  }

  #hide(message: QueuedMessage, seconds: number): void {
    this.messages.splice(this.messages.indexOf(message), 1);
    message.visibleAt = this.#now() + seconds * 1000;
    this.#place(message);
  }

  /** Behind all that are visible before it: what comes back has lost its place, as on Azurite. */
  #place(message: QueuedMessage): void {
    let at = this.messages.length;
    while (at > 0 && (this.messages[at - 1]?.visibleAt ?? 0) > message.visibleAt) at--;
    this.messages.splice(at, 0, message);
  }

  #held(id: string, receipt: string): QueuedMessage {
    const message = this.messages.find((each) => each.id === id);
    if (message === undefined) throw new StorageRefusal(404, "MessageNotFound");
    if (message.receipt !== receipt) throw new StorageRefusal(400, "PopReceiptMismatch");
    return message;
  }
}
