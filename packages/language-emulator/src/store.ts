import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where things with an id are kept. Ids are safe as file names. */
export interface Store<Item extends { id: string }> {
  save(item: Item): void;
  load(id: string): Item | undefined;
  delete(id: string): void;
  all(): Iterable<Item>;
}

/** Keeps things until the process ends. */
export class MemoryStore<Item extends { id: string }> implements Store<Item> {
  readonly #items = new Map<string, Item>();

  save(item: Item): void {
    this.#items.set(item.id, item);
  }

  load(id: string): Item | undefined {
    return this.#items.get(id);
  }

  delete(id: string): void {
    this.#items.delete(id);
  }

  all(): Iterable<Item> {
    return this.#items.values();
  }
}

/** Keeps each thing in a JSON file, so that it outlives the process. A file appears whole or not at all. */
export class FileStore<Item extends { id: string }> implements Store<Item> {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  save(item: Item): void {
    const path = this.#path(item.id);
    writeFileSync(`${path}.new`, JSON.stringify(item));
    renameSync(`${path}.new`, path);
  }

  load(id: string): Item | undefined {
    try {
      return JSON.parse(readFileSync(this.#path(id), "utf8")) as Item;
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw error;
    }
  }

  delete(id: string): void {
    rmSync(this.#path(id), { force: true });
  }

  *all(): Iterable<Item> {
    for (const name of readdirSync(this.#folder)) {
      const item = name.endsWith(".json") ? this.load(name.slice(0, -".json".length)) : undefined;
      if (item !== undefined) yield item;
    }
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}
