import { markPartial, unmarkPartial } from "../results/outcome-metadata.ts";
import { publishRecord } from "../results/publish-record.ts";
import type { ResultFile } from "../results/record.ts";
import { versionMetadata } from "../results/record-version.ts";
import { createText, deleteBlob } from "../storage/blobs.ts";
import { deletePrefix } from "../storage/lease.ts";
import { StaleWriteError } from "../storage/versioned-json.ts";
import { buildFileRecord, readStanding } from "./file-record.ts";
import { changeRun, type FileRun, fileRun, isComplete, type RowsContext, type Tally } from "./file-run.ts";
import { type PartId, partName, rowNames, runPrefix, runsPrefix } from "./row-names.ts";
import type { RowLine } from "./stored-part.ts";

/**
 * Stores the rows of a part whose rows have all ended, in their order, and counts the part in its run; with the last one,
 * the file has ended. Can be repeated: what stands is left as it is, and a part is counted once. Of a run whose place
 * another one has taken, nothing stays.
 * @returns how the file ended, with its last part
 * @throws BlobRefusedError when the file's earlier record may not be replaced
 */
export async function publishPart(
  context: RowsContext,
  file: string,
  part: PartId,
  lines: readonly RowLine[],
): Promise<FileOutcome | undefined> {
  const { containers, pipeline } = context;
  const before = (await fileRun(containers.work, pipeline.name, file).read()).value;
  // Over: either complete, by this very part, or given up; then whoever took its place has removed what stood.
  if (before?.run !== part.run) return undefined;
  if (before.done[part.number] === undefined) {
    const ordered = lines.toSorted((one, other) => one.row - other.row);
    const ended = ordered.filter(({ status }) => status !== "failed");
    const failed = ordered.filter(({ status }) => status === "failed");
    await store(context, before, part, { ended, failed });
  }
  let run: FileRun;
  try {
    run = await changeRun(context, before, (current) => {
      if (current.done[part.number] !== undefined) return undefined;
      return { ...current, done: { ...current.done, [part.number]: tallyOf(lines) } };
    });
  } catch (error) {
    if (!(error instanceof StaleWriteError)) throw error;
    await withdraw(context, file, part);
    return undefined;
  }
  return isComplete(run) && !run.superseded ? completeFile(context, run) : undefined;
}

async function store(
  { containers, pipeline }: RowsContext,
  { document }: FileRun,
  part: PartId,
  { ended, failed }: { ended: readonly RowLine[]; failed: readonly RowLine[] },
): Promise<void> {
  const name = partName(pipeline.name, document.name, part);
  const { etag, lastModified } = document;
  const options = { metadata: versionMetadata({ etag, lastModified }), contentType: "application/jsonl" };
  const text = (lines: readonly RowLine[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  if (ended.length > 0) await createText(containers.results, name, text(ended), options);
  if (failed.length > 0) await createText(containers.failed, name, text(failed), options);
}

/** A run that was slower than the one that took its place leaves nothing. */
async function withdraw(context: RowsContext, file: string, part: PartId): Promise<void> {
  const { containers, pipeline } = context;
  // Somebody else ended this very run: its rows are the file's.
  if ((await readStanding(context, file))?.run?.name === part.run) return;
  const name = partName(pipeline.name, file, part);
  await deleteBlob(containers.results, name);
  await deleteBlob(containers.failed, name);
}

function tallyOf(lines: readonly RowLine[]): Tally {
  const count = (status: RowLine["status"]) => lines.filter((line) => line.status === status).length;
  const fresh = lines.filter(({ unchanged }) => unchanged === undefined);
  const times = fresh.map(({ completedAt, failedAt }) => Date.parse(completedAt ?? failedAt ?? "") || 0);
  return {
    succeeded: count("succeeded"),
    partiallySucceeded: count("partiallySucceeded"),
    failed: count("failed"),
    unchanged: lines.length - fresh.length,
    textRecords: fresh.reduce((sum, { usage }) => sum + (usage?.textRecords ?? 0), 0),
    endedAt: Math.max(0, ...times),
  };
}

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
async function removeRuns(context: RowsContext, file: string, runs: readonly string[]): Promise<void> {
  for (const run of runs) await removeBelow(context, runPrefix(context.pipeline.name, file, run));
}

/** Removes the rows of all runs of a file that could not be read: no record names them any more. */
export async function removeAllRuns(context: RowsContext, file: string): Promise<void> {
  await removeBelow(context, runsPrefix(context.pipeline.name, file));
}

async function removeBelow({ containers }: RowsContext, prefix: string): Promise<void> {
  await deletePrefix(containers.results, prefix);
  await deletePrefix(containers.failed, prefix);
}
