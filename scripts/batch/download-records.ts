import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import pMap from "p-map";
import { z } from "zod";
import { reasonOf } from "../../dev/reason.ts";
import { isStatus } from "../../src/lib/storage/blobs.ts";
import type { EndedDocument } from "./look-at-run.ts";
import type { RunStorage } from "./run-storage.ts";

const AT_ONCE = 16;

const recordSchema = z.looseObject({
  status: z.enum(["succeeded", "partiallySucceeded", "failed"]),
  error: z.looseObject({ code: z.string(), message: z.string(), hint: z.string() }).optional(),
  tasks: z
    .array(
      z.looseObject({
        name: z.string(),
        error: z.looseObject({ code: z.string(), message: z.string(), hint: z.string() }).optional(),
      }),
    )
    .default([]),
  usage: z.looseObject({ textRecords: z.number() }).optional(),
});

export interface Failure {
  document: string;
  /** The task that failed; absent when the whole document did. */
  task?: string;
  code: string;
  message: string;
  hint: string;
}

/** What a record says, for the table at the end. */
export interface Ending {
  status: "succeeded" | "partiallySucceeded" | "failed";
  textRecords: number;
  failures: Failure[];
}

/** Brings records to this machine as their documents end, each once, and remembers what they say. */
export class RecordDownloads {
  /** By document. */
  readonly endings = new Map<string, Ending>();
  /** By document: why its record is not here. */
  readonly missing = new Map<string, string>();
  readonly #storage: RunStorage;
  readonly #folder: string;
  /** Length of what all names of records begin with: the pipeline and the run. */
  readonly #prefix: number;
  readonly #have = new Map<string, string>();

  /** @param prefix what the names of the run's records begin with */
  constructor(storage: RunStorage, folder: string, prefix: string) {
    this.#storage = storage;
    this.#folder = folder;
    this.#prefix = prefix.length;
  }

  /** Downloads what is not here yet; a record that was replaced since comes again. */
  async take(ended: readonly EndedDocument[], signal: AbortSignal): Promise<void> {
    const fresh = ended.filter(({ document, blobEtag }) => this.#have.get(document) !== blobEtag);
    await pMap(fresh, (each) => (signal.aborted ? undefined : this.#download(each)), { concurrency: AT_ONCE });
  }

  /** False when one was replaced while it was read: the next look finds what stands now. */
  haveAll(ended: readonly EndedDocument[]): boolean {
    return ended.every(({ document, blobEtag }) => this.#have.get(document) === blobEtag);
  }

  async #download({ document, container, blob, blobEtag }: EndedDocument): Promise<void> {
    const read = await this.#storage[container]
      .getBlobClient(blob)
      .downloadToBuffer()
      .catch((error: unknown) => {
        if (isStatus(error, 404)) return undefined; // replaced just now: the next look finds the other one
        throw error;
      });
    if (read === undefined) return;
    this.endings.set(document, readEnding(document, read.toString("utf8")));
    try {
      await this.#keep(container, blob.slice(this.#prefix), read);
      this.missing.delete(document);
    } catch (error) {
      this.missing.set(document, reasonOf(error));
    }
    this.#have.set(document, blobEtag);
  }

  /** The record appears whole or not at all, and only one of its two kinds is here. */
  async #keep(container: "results" | "failed", path: string, content: Buffer): Promise<void> {
    const file = this.#place(container, path);
    const other = this.#place(container === "results" ? "failed" : "results", path);
    const there = await readFile(file).catch(() => undefined);
    if (there === undefined || !there.equals(content)) {
      await mkdir(dirname(file), { recursive: true });
      const part = `${file}.part`;
      await writeFile(part, content);
      await rename(part, file);
    }
    await rm(other, { force: true });
  }

  #place(container: string, path: string): string {
    const file = join(this.#folder, container, path);
    // Names of records are escaped; this is for the day on which one is not.
    if (relative(this.#folder, file).startsWith("..")) throw new Error("its name leads out of the folder");
    return file;
  }
}

function readEnding(document: string, text: string): Ending {
  let record: z.output<typeof recordSchema>;
  try {
    record = recordSchema.parse(JSON.parse(text));
  } catch {
    const message = "The record is not one that this version of the command can read";
    const hint = "Look at the file; update this folder to the version of the app.";
    return { status: "failed", textRecords: 0, failures: [{ document, code: "UnreadableRecord", message, hint }] };
  }
  const { status, error, tasks, usage } = record;
  const failures: Failure[] = [];
  if (error !== undefined) failures.push(failureOf(document, error));
  for (const task of tasks) {
    if (task.error !== undefined) failures.push({ ...failureOf(document, task.error), task: task.name });
  }
  return { status, textRecords: usage?.textRecords ?? 0, failures };
}

function failureOf(
  document: string,
  { code, message, hint }: { code: string; message: string; hint: string },
): Failure {
  return { document, code, message, hint };
}
