import { versionMetadata } from "../results/record-version.ts";
import { createText, deleteBlob } from "../storage/blobs.ts";
import { StaleWriteError } from "../storage/versioned-json.ts";
import { completeFile, type FileOutcome } from "./complete-file.ts";
import { readStanding } from "./file-record.ts";
import { changeRun, type FileRun, fileRun, isComplete, type RowsContext, type Tally } from "./file-run.ts";
import type { RowLine } from "./row-line.ts";
import { type PartId, partName } from "./row-names.ts";

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
