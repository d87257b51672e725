import { markPartial, unmarkPartial } from "../results/partial-marks.ts";
import { publishRecord } from "../results/publish-record.ts";
import type { ResultFile } from "../results/record.ts";
import { deleteBlob } from "../storage/blobs.ts";
import { deletePrefix } from "../storage/lease.ts";
import { buildFileRecord } from "./file-record.ts";
import { type FileRun, fileRun, type RowsContext } from "./file-run.ts";
import { rowNames, runPrefix, runsPrefix } from "./row-names.ts";

/** What became of a file: how it ended, what it cost. */
export interface FileOutcome {
  document: string;
  status: "succeeded" | "partiallySucceeded" | "failed";
  textRecords: number;
  code?: string | undefined;
}

/**
 * Ends a file whose parts have all ended: publishes its one record, removes the rows of earlier runs, and forgets the run.
 * In this order, so that whoever dies in between, or does the same at the same time, leaves work that is done again with
 * the same outcome: the run is forgotten last.
 * @throws BlobRefusedError when an earlier record may not be replaced; the run waits
 */
export async function completeFile(context: RowsContext, run: FileRun): Promise<FileOutcome> {
  const file = run.document.name;
  const record = await buildFileRecord(context, run);
  if (record.status === "partiallySucceeded") await markPartial(context.containers.work, record as ResultFile);
  const outcome = await publishRecord(context.containers, record, { again: run.again > 0 });
  if (record.status !== "partiallySucceeded" && run.sources.length > 0) {
    await unmarkPartial(context.containers.work, record.pipeline, file);
  }
  // A newer version has ended meanwhile: its record names other rows.
  await removeRuns(context, file, outcome === "superseded" ? [run.run] : run.sources);
  await context.tellEnd?.(record, outcome);
  await forgetRun(context, run);
  const code = record.status === "failed" ? record.error.code : undefined;
  return { document: file, status: record.status, textRecords: record.usage?.textRecords ?? 0, code };
}

/**
 * Removes the parts of a run from the work container, with those of the runs whose place it took, and then the run, unless
 * another one has taken its own place.
 */
export async function forgetRun({ containers, pipeline }: RowsContext, run: FileRun): Promise<void> {
  const { work } = containers;
  const file = run.document.name;
  for (const name of [run.run, ...run.sources]) await deletePrefix(work, rowNames.parts(pipeline.name, file, name));
  const current = await fileRun(work, pipeline.name, file).read();
  if (current.value?.run === run.run) await deleteBlob(work, rowNames.run(pipeline.name, file), current.etag);
}

/** Removes the rows of some runs of a file, wherever they stand. */
async function removeRuns({ containers, pipeline }: RowsContext, file: string, runs: readonly string[]): Promise<void> {
  for (const run of runs) {
    const prefix = runPrefix(pipeline.name, file, run);
    await deletePrefix(containers.results, prefix);
    await deletePrefix(containers.failed, prefix);
  }
}

/** Removes the rows of all runs of a file that could not be read: no record names them any more. */
export async function removeAllRuns({ containers, pipeline }: RowsContext, file: string): Promise<void> {
  const prefix = runsPrefix(pipeline.name, file, "0".repeat(12));
  await deletePrefix(containers.results, prefix);
  await deletePrefix(containers.failed, prefix);
}
