import { DocumentError } from "../documents/document.ts";
import type { FileVersion } from "./begin-run.ts";
import { blobBytes } from "./blob-bytes.ts";
import { changeRun, type FileRun, type RowsContext } from "./file-run.ts";
import { loadKnownRows } from "./known-rows.ts";
import { type RowPlace, readRows } from "./read-rows.ts";
import { runPrefix } from "./row-names.ts";
import { PartBuilder, storePart } from "./stored-part.ts";

/** A longer file is refused: what is known of rows while it is cut takes 50 bytes a row. */
const MOST_ROWS = 2_000_000;
/** Parts cut until it is written down how far: so much is done again after a crash. */
const PARTS_AT_A_TIME = 16;
/** How long one step cuts, well within the host's time for one; the next one goes on where it ended. */
const CUT_BUDGET_MS = 120_000;

/**
 * Cuts a file into parts, from where it was cut last. The file streams through: no more than a part of it is in memory. A
 * process that dies while it cuts leaves parts that are cut again with the same bytes.
 * @returns undefined when its time is over
 * @throws DocumentError `TooManyRows`
 * @throws FileChangedError
 */
export async function cutFile(
  context: RowsContext & { now(): number },
  run: FileRun,
  version: FileVersion,
): Promise<FileRun | undefined> {
  const { containers, pipeline, now } = context;
  const { name } = version;
  const begun = now();
  const prefixes = run.keepFrom.map((source) => runPrefix(pipeline.name, name, source));
  const builder = new PartBuilder(pipeline.rows?.rowsPerPart ?? 0, await loadKnownRows(containers.results, prefixes));
  const parts = [...run.parts];
  const store = async (): Promise<void> => {
    const rows = builder.take();
    await storePart(context, name, { run: run.run, number: parts.length + 1 }, rows);
    parts.push(rows.length);
  };
  const save = (next: RowPlace | undefined): Promise<FileRun> =>
    changeRun(context, run, (current) => {
      // Another run of this lane may have come further: it cuts the same parts.
      if (current.next === undefined || current.parts.length > parts.length) return undefined;
      const { next: _before, ...rest } = current;
      return { ...rest, parts: [...parts], ...(next && { next }) };
    });

  const from = run.next;
  for await (const { end, ...row } of readRows(
    blobBytes(containers.input, version, from?.offset ?? 0),
    run.format,
    from,
  )) {
    if (row.row > MOST_ROWS) throw tooManyRows();
    builder.add({ ...row, end });
    if (!builder.isFull) continue;
    await store();
    const isOver = now() - begun > CUT_BUDGET_MS;
    if (isOver || parts.length % PARTS_AT_A_TIME === 0) await save({ ...end, row: row.row + 1 });
    if (isOver) return undefined;
  }
  if (!builder.isEmpty) await store();
  return save(undefined);
}

function tooManyRows(): DocumentError {
  return new DocumentError({
    code: "TooManyRows",
    message: `The file has more than ${MOST_ROWS} rows; nothing of it was sent`,
    hint: "Split the file, and drop its pieces.",
  });
}
