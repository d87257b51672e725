import type { ContainerClient } from "@azure/storage-blob";
import { DocumentError } from "../documents/document.ts";
import { statedLanguage } from "../settings/pipeline.ts";
import { type BlobFacts, isStatus, sameEtag } from "../storage/blobs.ts";
import type { DocumentMessage } from "../storage/document-message.ts";
import type { StandingRecord } from "./file-record.ts";
import { changeRun, type FileRun, fileRun, type RowsContext, rulesOf } from "./file-run.ts";
import { findRowFormat, SAMPLE_BYTES } from "./find-row-format.ts";
import { loadKnownRows } from "./known-rows.ts";
import { firstPlace, type RowPlace, readRows } from "./read-rows.ts";
import { runName, runPrefix } from "./row-names.ts";
import { PartBuilder, storePart } from "./stored-part.ts";

/** A version of a file in the input container. */
export interface FileVersion extends BlobFacts {
  name: string;
}

/**
 * Begins the work on a version of a file: finds out how it is to be read, and which earlier runs' results count for rows
 * that did not change.
 * @param before.interrupted the run whose place this one takes
 * @throws DocumentError when it cannot be read as rows
 * @throws StaleWriteError when somebody else begins one at this moment
 */
export async function beginRun(
  context: RowsContext,
  version: FileVersion,
  before: {
    standing: StandingRecord | undefined;
    interrupted: FileRun | null;
    reason: DocumentMessage["reason"];
  },
): Promise<FileRun> {
  const { containers, pipeline } = context;
  const stated = statedLanguage(pipeline);
  const { standing, interrupted, reason } = before;
  if (pipeline.rows === undefined) throw new Error(`The pipeline ${pipeline.name} has no rows`);
  const { name, etag, lastModified, contentType, bytes } = version;
  const sample = await readSample(context, version);
  const format = findRowFormat(sample, { name, contentType, encoding: pipeline.encoding }, pipeline.rows);
  const isAgain = standing !== undefined && sameEtag(standing.etag, etag);
  const again = isAgain ? (standing.run?.again ?? 0) + 1 : 0;
  const rules = rulesOf(pipeline);
  const isSame = interrupted?.rules === rules;
  const earlier = [
    ...(interrupted?.sources ?? []).map((run) => ({ run, keep: isSame && interrupted?.keepFrom.includes(run) })),
    ...(interrupted === null ? [] : [{ run: interrupted.run, keep: isSame }]),
    ...(standing?.run === undefined ? [] : [{ run: standing.run.name, keep: standing.run.rules === rules }]),
  ];
  // Who redrives a file asks for what failed.
  const keeps = pipeline.rows.unchanged === "keep" || reason === "redrive";
  const value: FileRun = {
    schemaVersion: "1.0",
    document: {
      container: containers.input.containerName,
      name,
      etag,
      lastModified,
      ...(contentType === undefined ? {} : { contentType }),
      bytes,
      ...(stated === undefined ? {} : { language: stated }),
    },
    run: runName(etag, again),
    again,
    rules,
    format,
    sources: [...new Set(earlier.map(({ run }) => run))],
    keepFrom: keeps ? [...new Set(earlier.filter(({ keep }) => keep).map(({ run }) => run))] : [],
    superseded: false,
    next: firstPlace(format),
    parts: [],
    done: {},
  };
  const stored = fileRun(containers.work, pipeline.name, name);
  await stored.write(await stored.read(), value);
  return value;
}

async function readSample({ containers }: RowsContext, version: FileVersion): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of blobBytes(containers.input, version, 0)) {
    pieces.push(piece);
    length += piece.length;
    if (length >= SAMPLE_BYTES) break;
  }
  return Buffer.concat(pieces).subarray(0, SAMPLE_BYTES);
}

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

/** The file was replaced or deleted while it was read. */
export class FileChangedError extends Error {
  override readonly name = "FileChangedError";
}

/**
 * Read in one request: a request has a time limit of its own, and what is made of the bytes meanwhile takes as long as it
 * takes.
 */
const RANGE_BYTES = 1024 * 1024;

/**
 * The bytes of one version of a blob from an offset on, piece by piece: never the whole.
 * @throws FileChangedError when it is another version by now
 */
async function* blobBytes(
  container: ContainerClient,
  version: { name: string; etag: string; bytes: number },
  offset: number,
): AsyncGenerator<Buffer> {
  const { name, etag, bytes } = version;
  const blob = container.getBlobClient(name);
  try {
    for (let at = offset; at < bytes; at += RANGE_BYTES) {
      const length = Math.min(RANGE_BYTES, bytes - at);
      yield await blob.downloadToBuffer(at, length, { conditions: { ifMatch: etag } });
    }
  } catch (error) {
    if (isStatus(error, 404, 412)) throw new FileChangedError(`${name} changed while it was read`);
    throw error;
  }
}
