import type { BlobItem, ContainerClient } from "@azure/storage-blob";
import pMap from "p-map";
import { z } from "zod";
import { partialMarkNames, partialMarkSchema, readShortfall, unmarkPartial } from "../results/outcome-metadata.ts";
import { failureFileSchema } from "../results/record.ts";
import { findRecord } from "../results/record-version.ts";
import { type Containers, readText, sameEtag } from "../storage/blobs.ts";
import { listPage } from "../storage/list-blobs.ts";
import { parseReadable } from "../storage/versioned-json.ts";

/** Records read at a time. */
const CONCURRENCY = 32;

/** What is looked for; what is absent does not matter. */
export interface FailureFilter {
  pipeline?: string | undefined;
  /** Of the document's name. */
  prefix?: string | undefined;
  code?: string | undefined;
  task?: string | undefined;
  /** When the record was written, milliseconds since 1970; both ends belong to it. */
  from?: number | undefined;
  to?: number | undefined;
}

/** Failure records first, then the marks of what partially succeeded. */
const SOURCES = ["failed", "partial"] as const;

/** Where a walk through all failures stands. */
export const failureCursorSchema = z.object({
  source: z.enum(SOURCES),
  /** Of the storage service; absent: its first page. */
  token: z.string().optional(),
  /** The last blob of that page that was looked at. */
  after: z.string().optional(),
});

export type FailureCursor = z.output<typeof failureCursorSchema>;

/** A document that did not wholly succeed, as a listing tells it. */
export interface ListedFailure {
  source: FailureCursor["source"];
  pipeline: string;
  /** The document. */
  name: string;
  code: string;
  task: string | undefined;
  /** Blob that tells of it: the failure record, or the mark. */
  blob: string;
  /** ETag of that blob. */
  etag: string;
  /** When it was written, milliseconds since 1970. */
  at: number;
}

export interface FailurePage {
  failures: ListedFailure[];
  /** How many blobs were looked at. */
  seen: number;
  /** Absent after the last page. */
  cursor: FailureCursor | undefined;
}

/**
 * One page of what failed or partially succeeded: one request of storage for up to 5,000 of them, because the metadata of
 * each record says code, task and document. Records that an earlier version of the app wrote are read.
 * @param cursor absent: from the beginning
 */
export async function listFailures(
  containers: Containers,
  filter: FailureFilter,
  { pageSize, cursor = { source: "failed" } }: { pageSize: number; cursor?: FailureCursor | undefined },
): Promise<FailurePage> {
  const { source, token, after = "" } = cursor;
  const [container, prefix] = placeOf(containers, source, filter.pipeline);
  const { items, next } = await listPage(container, { prefix, pageSize, token });
  const rest = items.filter(({ name }) => name > after);
  const read = await pMap(rest, (item) => readItem(containers, source, item), { concurrency: CONCURRENCY });
  const later = SOURCES[SOURCES.indexOf(source) + 1];
  return {
    failures: read.flatMap((failure) => (failure !== undefined && matches(failure, filter) ? [failure] : [])),
    seen: rest.length,
    cursor: next !== undefined ? { source, token: next } : later && { source: later },
  };
}

function placeOf(
  { failed, work }: Containers,
  source: FailureCursor["source"],
  pipeline: string | undefined,
): [ContainerClient, string] {
  if (source === "failed") return [failed, pipeline === undefined ? "" : `${pipeline}/`];
  return [work, pipeline === undefined ? partialMarkNames.all : partialMarkNames.ofPipeline(pipeline)];
}

/** Undefined for a blob that is none of ours, or gone. */
async function readItem(
  containers: Containers,
  source: FailureCursor["source"],
  { name: blob, metadata, properties }: BlobItem,
): Promise<ListedFailure | undefined> {
  const place = { source, blob, etag: properties.etag ?? "", at: properties.lastModified?.getTime() ?? 0 };
  const pipeline = blob.split("/")[source === "failed" ? 0 : 1] ?? "";
  const { code, task, name } = readShortfall(metadata) ?? {};
  if (code !== undefined && name !== undefined) return { ...place, pipeline, name, code, task };
  const told = await readFailure(containers, { source, blob });
  if (told === undefined) return undefined;
  const { error, document } = told;
  return { ...place, pipeline: told.pipeline, name: document, code: error.code, task: error.task };
}

function matches(failure: ListedFailure, { pipeline, prefix = "", code, task, from = 0, to }: FailureFilter): boolean {
  return (
    (pipeline === undefined || failure.pipeline === pipeline) &&
    failure.name.startsWith(prefix) &&
    (code === undefined || failure.code === code) &&
    (task === undefined || failure.task === task) &&
    failure.at >= from &&
    failure.at <= (to ?? Number.POSITIVE_INFINITY)
  );
}

/** What a failure record or a mark tells. */
export interface ToldFailure {
  pipeline: string;
  document: string;
  /** The version of the document. */
  etag: string;
  error: {
    code: string;
    message: string;
    hint: string;
    task?: string | undefined;
    /** Whose words the message is; absent: the service's. */
    source?: string | undefined;
  };
  /** ISO 8601. */
  at: string;
}

/** @returns undefined for a blob that is none of ours, or gone */
export async function readFailure(
  { failed, work }: Containers,
  { source, blob }: Pick<ListedFailure, "source" | "blob">,
): Promise<ToldFailure | undefined> {
  const text = (await readText(source === "failed" ? failed : work, blob))?.text;
  if (source === "partial") {
    const mark = parseReadable(text, partialMarkSchema);
    if (mark === undefined) return undefined;
    const { pipeline, name: document, etag, error, at } = mark;
    return { pipeline, document, etag, error, at };
  }
  const failure = parseReadable(text, failureHeadSchema);
  if (failure === undefined) return undefined;
  const { pipeline, document, error, failedAt: at } = failure;
  return { pipeline, document: document.name, etag: document.etag, error, at };
}

const failureHeadSchema = failureFileSchema.pick({ pipeline: true, document: true, error: true, failedAt: true });

/**
 * The ETag of the partially succeeded result that a mark tells of. A mark whose result has been replaced, which a crash may
 * leave, is removed.
 * @returns undefined for such a one
 */
export async function checkPartial(
  containers: Containers,
  { pipeline, name }: Pick<ListedFailure, "pipeline" | "name">,
  version?: string,
): Promise<string | undefined> {
  const record = await findRecord(containers, pipeline, name);
  const isCurrent = version === undefined || sameEtag(record?.etag, version);
  if (record?.kind === "result" && record.isPartial && isCurrent) return record.blobEtag;
  await unmarkPartial(containers.work, pipeline, name);
  return undefined;
}
