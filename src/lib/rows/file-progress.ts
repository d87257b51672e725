import type { ContainerClient } from "@azure/storage-blob";
import { sameEtag } from "../storage/blobs.ts";
import { messageKey } from "../storage/document-queue.ts";
import { fileRun, openParts, sumTallies } from "./file-run.ts";

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
