import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { DurableStore, StoredInstance } from "./contract.ts";
import { LatestWrite } from "./latest-write.ts";

const stored = z.object({ instanceId: z.string(), state: z.unknown() });

/**
 * Keeps each instance in a JSON file of a folder. A file is written beside its place and then renamed, so a killed
 * process leaves the old state or the new one, never half of one. (It is not flushed to the disk: a machine that loses
 * power may lose the last moments.)
 */
export class FileStore implements DurableStore {
  readonly #folder: string;
  readonly #writes = new Map<string, LatestWrite>();

  /** @param folder made when it is not there; nothing else may be kept in it. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws Error naming the file that is not one of this store. */
  async load(): Promise<StoredInstance[]> {
    await mkdir(this.#folder, { recursive: true });
    const names = await readdir(this.#folder);
    await Promise.all(names.filter((name) => name.endsWith(".tmp")).map((name) => rm(join(this.#folder, name))));
    return await Promise.all(names.filter((name) => name.endsWith(".json")).map((name) => this.#read(name)));
  }

  async save(instance: StoredInstance): Promise<void> {
    await this.#writer(instance.instanceId).write(JSON.stringify(instance));
  }

  async remove(instanceId: string): Promise<void> {
    await this.#writer(instanceId).write(undefined);
    this.#writes.delete(instanceId);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#writes.values()].map((write) => write.done()));
  }

  #writer(instanceId: string): LatestWrite {
    const known = this.#writes.get(instanceId);
    if (known !== undefined) return known;
    const path = join(this.#folder, fileName(instanceId));
    const writer = new LatestWrite(async (text) => {
      if (text === undefined) return await rm(path, { force: true });
      await writeFile(`${path}.tmp`, text);
      await rename(`${path}.tmp`, path);
    });
    this.#writes.set(instanceId, writer);
    return writer;
  }

  async #read(name: string): Promise<StoredInstance> {
    const path = join(this.#folder, name);
    try {
      return stored.parse(JSON.parse(await readFile(path, "utf8")));
    } catch (error) {
      throw new Error(
        `${path} is not an instance stored by this host: remove the file to start without it. (${error})`,
      );
    }
  }
}

/** A name that is safe on every file system, and another one for every id: readable characters, then a hash of all. */
function fileName(instanceId: string): string {
  const readable = instanceId.replace(/[^A-Za-z0-9-]+/g, "_").slice(0, 60);
  const hash = createHash("sha256").update(instanceId).digest("hex").slice(0, 16);
  return `${readable}.${hash}.json`;
}
