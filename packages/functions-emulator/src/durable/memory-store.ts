import type { DurableStore, StoredInstance } from "./contract.ts";

/** Keeps instances as JSON in memory: what a file would hold, without the file. */
export class MemoryStore implements DurableStore {
  readonly #texts = new Map<string, string>();

  async load(): Promise<StoredInstance[]> {
    return [...this.#texts].map(([instanceId, text]) => ({ instanceId, state: JSON.parse(text) }));
  }

  async save({ instanceId, state }: StoredInstance): Promise<void> {
    this.#texts.set(instanceId, JSON.stringify(state));
  }

  async remove(instanceId: string): Promise<void> {
    this.#texts.delete(instanceId);
  }

  async close(): Promise<void> {}
}
