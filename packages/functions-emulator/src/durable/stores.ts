import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { DurableStore, StoredInstance } from "./contract.ts";

export type { DurableStore, StoredInstance };

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

/**
 * Keeps instances in an SQLite file: a killed process leaves the old state of an instance or the new one, never half of
 * one. (It is not flushed to the disk: a machine that loses power may lose the last moments.)
 */
export class SqliteStore implements DurableStore {
  readonly #database: DatabaseSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;

  /**
   * @param file made when it is not there, with its folder.
   * @throws Error naming a file that is not one of this store.
   */
  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true });
    try {
      this.#database = new DatabaseSync(file);
      this.#database.exec(`
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = OFF;
        CREATE TABLE IF NOT EXISTS instances (id TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID`);
    } catch (error) {
      throw new Error(`${file} does not hold instances stored by this host: remove it to start without. (${error})`);
    }
    this.#put = this.#database.prepare("INSERT OR REPLACE INTO instances VALUES (?, ?)");
    this.#remove = this.#database.prepare("DELETE FROM instances WHERE id = ?");
  }

  async load(): Promise<StoredInstance[]> {
    const rows = this.#database.prepare("SELECT id, state FROM instances ORDER BY id").all();
    return rows.map(({ id, state }) => ({ instanceId: String(id), state: JSON.parse(String(state)) }));
  }

  async save({ instanceId, state }: StoredInstance): Promise<void> {
    this.#put.run(instanceId, JSON.stringify(state));
  }

  async remove(instanceId: string): Promise<void> {
    this.#remove.run(instanceId);
  }

  async close(): Promise<void> {
    this.#database.close();
  }
}
