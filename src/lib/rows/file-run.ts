import { createHash } from "node:crypto";
import type { ContainerClient } from "@azure/storage-blob";
import { z } from "zod";
import { documentSchema, type TellEnd } from "../results/record.ts";
import type { Pipeline } from "../settings/pipeline.ts";
import { type Containers, sameEtag } from "../storage/blobs.ts";
import { type DocumentMessage, messageKey } from "../storage/document-message.ts";
import { StaleWriteError, VersionedJson } from "../storage/versioned-json.ts";
import { rowFormatSchema } from "./row-format.ts";
import { type PartId, rowNames } from "./row-names.ts";

/** What the work on files of rows needs. */
export interface RowsContext {
  containers: Containers;
  pipeline: Pipeline;
  /** Absent: nobody wants to hear of documents that end. */
  tellEnd?: TellEnd | undefined;
}

/** What splitting needs beside the containers. */
export interface SplitContext extends RowsContext {
  queue: {
    add(document: DocumentMessage): Promise<void>;
    send(documents: readonly DocumentMessage[], delaySeconds?: number): Promise<void>;
  };
  claims: { held(names: readonly string[]): Promise<Set<string>> };
  limits: { claimedElsewhereSeconds: number };
  /** Milliseconds since 1970. */
  now(): number;
}

/** How the rows of a part ended, and when the last of them, in milliseconds since 1970 (0: none was sent). */
const tallySchema = z.object({
  succeeded: z.int(),
  partiallySucceeded: z.int(),
  failed: z.int(),
  /** Of those that have a result: taken over from an earlier run. */
  unchanged: z.int(),
  /** Billed in this run. */
  textRecords: z.int(),
  endedAt: z.number(),
});

const runSchema = z.object({
  schemaVersion: z.literal("1.0"),
  /** The version of the file that this run is about. */
  document: z.object(documentSchema.shape),
  run: z.string(),
  /** How often this version was analysed before. */
  again: z.int(),
  /** What the results depend on beside the rows: results of other rules are not taken over. */
  rules: z.string(),
  format: rowFormatSchema,
  /** Earlier runs, whose rows go once this run is complete. */
  sources: z.array(z.string()),
  /** Those of them whose results count for rows that did not change. */
  keepFrom: z.array(z.string()),
  /** A newer version of the file is there: no further part of this run begins. */
  superseded: z.boolean(),
  /** Where the next part begins, until the file is cut. No part begins before. */
  next: z.object({ offset: z.int(), line: z.int(), row: z.int() }).optional(),
  /** How many rows each part has. */
  parts: z.array(z.int()),
  /** By the number of the part. */
  done: z.record(z.string(), tallySchema),
});

export type Tally = z.output<typeof tallySchema>;
/** The work on one version of a file of rows: how far it is cut, and which of its parts have ended. */
export type FileRun = z.output<typeof runSchema>;

/** The run of a file that is under way; null when there is none. */
export function fileRun(work: ContainerClient, pipeline: string, file: string): VersionedJson<FileRun | null> {
  return new VersionedJson(work, rowNames.run(pipeline, file), runSchema.nullable(), () => null);
}

/** Changes a run. @throws StaleWriteError when another run has taken its place, or none is under way any more */
export async function changeRun(
  { containers, pipeline }: RowsContext,
  { document, run }: FileRun,
  edit: (run: FileRun) => FileRun | undefined,
): Promise<FileRun> {
  let changed: FileRun | undefined;
  await fileRun(containers.work, pipeline.name, document.name).update((current) => {
    if (current?.run !== run) throw new StaleWriteError(rowNames.run(pipeline.name, document.name));
    const next = edit(current);
    changed = next ?? current;
    return next;
  });
  if (changed === undefined) throw new Error(`The run ${run} was neither read nor written`);
  return changed;
}

/** The parts that have not ended. */
export function openParts({ run, parts, done }: FileRun): PartId[] {
  return parts.flatMap((_, index) => (done[index + 1] === undefined ? [{ run, number: index + 1 }] : []));
}

/** True when the file is cut and all of its parts have ended. */
export function isComplete(run: FileRun): boolean {
  return run.next === undefined && openParts(run).length === 0;
}

/** How all parts that have ended did. */
export function sumTallies({ done }: FileRun): Tally {
  const sum = { succeeded: 0, partiallySucceeded: 0, failed: 0, unchanged: 0, textRecords: 0, endedAt: 0 };
  for (const tally of Object.values(done)) {
    sum.succeeded += tally.succeeded;
    sum.partiallySucceeded += tally.partiallySucceeded;
    sum.failed += tally.failed;
    sum.unchanged += tally.unchanged;
    sum.textRecords += tally.textRecords;
    sum.endedAt = Math.max(sum.endedAt, tally.endedAt);
  }
  return sum;
}

/** A name for what a row's result depends on beside its id and text. */
export function rulesOf({ apiVersion, language, defaultLanguage, tasks }: Pipeline): string {
  const rules = JSON.stringify([apiVersion, language, defaultLanguage, tasks]);
  return createHash("sha256").update(rules).digest("hex").slice(0, 12);
}

/** How far the work on a file of rows has come. */
export interface FileProgress {
  parts: number;
  partsDone: number;
  /** Of the parts that have ended. */
  succeeded: number;
  partiallySucceeded: number;
  failed: number;
  unchanged: number;
  /** What tells the parts that have not ended from other work. */
  open: string[];
}

/** How far the work on this version of a file has come; undefined when none is under way, or it is not cut yet. */
export async function readFileProgress(
  work: ContainerClient,
  pipeline: string,
  { name, etag }: { name: string; etag: string | undefined },
): Promise<FileProgress | undefined> {
  const run = (await fileRun(work, pipeline, name).read()).value;
  if (run === null || run.next !== undefined || !sameEtag(run.document.etag, etag)) return undefined;
  const open = openParts(run);
  const { succeeded, partiallySucceeded, failed, unchanged } = sumTallies(run);
  return {
    parts: run.parts.length,
    partsDone: run.parts.length - open.length,
    succeeded,
    partiallySucceeded,
    failed,
    unchanged,
    open: open.map((part) => messageKey({ name, part })),
  };
}
