import type { ContainerClient } from "@azure/storage-blob";
import { z } from "zod";
import { createText, readText, replaceText } from "./blobs.ts";

/** A value and the version of the blob that it was read from. */
export interface Versioned<T> {
  value: T;
  /** Absent when there is no such blob yet. */
  etag?: string | undefined;
}

/** Somebody else wrote the blob after it was read; what was to be written is out of date, and the blob is as they left it. */
export class StaleWriteError extends Error {
  override readonly name = "StaleWriteError";

  constructor(blob: string) {
    super(`${blob} was written by another run of this step`);
  }
}

/** Changing a blob failed so often in a row: far more writers than there are would be needed for that. */
const MOST_TRIES = 100;

interface ValueRules<T> {
  /** The value while there is no such blob. */
  fallback: () => T;
  /** What a listing tells of the value, so that it need not be read. */
  metadata?: (value: T) => Record<string, string>;
}

/** One JSON blob of ours, changed only under the version that was read. */
export class VersionedJson<T> {
  readonly #container: ContainerClient;
  readonly #name: string;
  readonly #schema: z.ZodType<T>;
  readonly #rules: ValueRules<T>;

  constructor(container: ContainerClient, name: string, schema: z.ZodType<T>, rules: ValueRules<T> | (() => T)) {
    this.#container = container;
    this.#name = name;
    this.#schema = schema;
    this.#rules = typeof rules === "function" ? { fallback: rules } : rules;
  }

  /** @throws UnreadableBlobError */
  async read(): Promise<Versioned<T>> {
    const blob = await readText(this.#container, this.#name);
    if (blob === undefined) return { value: this.#rules.fallback() };
    return { value: parseStored(this.#container, this.#name, blob.text, this.#schema), etag: blob.etag };
  }

  /**
   * Writes a value in the place of the one that was read.
   * @returns the same value with its new version
   * @throws StaleWriteError
   */
  async write({ etag: before }: Versioned<T>, value: T): Promise<Versioned<T>> {
    const text = JSON.stringify(value);
    const metadata = this.#rules.metadata?.(value);
    const options = metadata === undefined ? {} : { metadata };
    const etag =
      before === undefined
        ? await createText(this.#container, this.#name, text, options)
        : await replaceText(this.#container, this.#name, text, { etag: before, ...options });
    if (etag === undefined) throw new StaleWriteError(this.#name);
    return { value, etag };
  }

  /**
   * Reads, edits and writes, again and again while others write in between.
   * @param edit returns undefined when there is nothing to change
   */
  async update(edit: (value: T) => T | undefined | Promise<T | undefined>): Promise<void> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const read = await this.read();
      const changed = await edit(read.value);
      if (changed === undefined) return;
      try {
        await this.write(read, changed);
        return;
      } catch (error) {
        if (!(error instanceof StaleWriteError)) throw error;
      }
    }
    throw new Error(`${this.#name} was changed by others ${MOST_TRIES} times in a row`);
  }
}

/** A blob of ours that this version of the app cannot read: another version wrote it, or somebody else did. */
export class UnreadableBlobError extends Error {
  override readonly name = "UnreadableBlobError";
}

/**
 * Reads JSON that the app itself has stored.
 * @throws UnreadableBlobError naming the blob and the first thing that is wrong with it
 */
export function parseStored<T>(container: ContainerClient, name: string, text: string, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "the whole" : z.core.toDotPath(issue.path);
  throw new UnreadableBlobError(
    `The blob ${container.containerName}/${name} was not written by this version of the app (${where}: ${issue?.message}); ` +
      "deploy the version that wrote it, or repair the blob",
  );
}

/** JSON that fits the schema; undefined for what somebody else wrote, or damaged, and for nothing at all. */
export function parseReadable<T>(text: string | undefined, schema: z.ZodType<T>): T | undefined {
  return schema.safeParse(parseJson(text ?? "")).data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
