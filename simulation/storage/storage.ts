import { BlobStore } from "./blob-store.ts";
import { QueueStore } from "./queue-store.ts";

/** What is asked of storage, for latencies, faults and the count of transactions. */
export interface StorageOperation {
  kind: "read" | "facts" | "write" | "delete" | "list" | "lease" | "container" | "send" | "receive" | "peek" | "update";
  /** Container or queue. */
  place: string;
  name: string;
}

/** Lets an operation happen: when its time has come, and as the faults of a run have it. */
export type Gate = <T>(operation: StorageOperation, apply: () => T) => Promise<T>;

/** A storage account in memory. */
export class MemoryStorage {
  readonly containers = new Map<string, BlobStore>();
  readonly queues = new Map<string, QueueStore>();
  /** Called after each change of a blob. */
  onChange: (container: string, name: string, blob: ReturnType<BlobStore["get"]> | undefined) => void = () => {};
  readonly #now: () => number;
  #made = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Identifiers as the service gives them: unique, and without any order. */
  newId(): string {
    this.#made++;
    return `0x8D${((this.#made * 2654435761) >>> 0).toString(16).toUpperCase()}${this.#made}`;
  }

  createContainer(name: string): BlobStore {
    const known = this.containers.get(name);
    if (known !== undefined) return known;
    const made = new BlobStore(name, { now: this.#now, newEtag: () => `"${this.newId()}"` });
    made.onChange = (blob, stored) => this.onChange(name, blob, stored);
    this.containers.set(name, made);
    return made;
  }

  createQueue(name: string): QueueStore {
    const known = this.queues.get(name);
    if (known !== undefined) return known;
    const made = new QueueStore(name, { now: this.#now, newId: () => this.newId() });
    this.queues.set(name, made);
    return made;
  }
}
