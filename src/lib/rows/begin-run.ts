import { statedLanguage } from "../settings/pipeline.ts";
import { type BlobFacts, sameEtag } from "../storage/blobs.ts";
import type { DocumentMessage } from "../storage/document-queue.ts";
import { blobBytes } from "./blob-bytes.ts";
import type { StandingRecord } from "./file-record.ts";
import { type FileRun, fileRun, type RowsContext, rulesOf } from "./file-run.ts";
import { findRowFormat, SAMPLE_BYTES } from "./find-row-format.ts";
import { firstPlace } from "./read-rows.ts";
import { runName } from "./row-names.ts";

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
