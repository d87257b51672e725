import type { ContainerClient } from "@azure/storage-blob";
import { z } from "zod";
import { recordName } from "../documents/document.ts";
import { readFacts, readText, sameEtag } from "../storage/blobs.ts";

/** Which version of a document a record is about. */
export interface DocumentVersion {
  /** The document's ETag. */
  etag: string;
  /** ISO 8601, as the storage service gave it. */
  lastModified: string | undefined;
}

/** A record found in a container. */
export interface StoredRecord {
  /** The record blob's own ETag. */
  blobEtag: string;
  /** When the record was written, milliseconds since 1970, whole seconds. */
  writtenAt: number;
  /** Undefined for a blob that is no readable record. */
  version: DocumentVersion | undefined;
  /** The files that belong to it, as `sidecarKey` names them. */
  sidecars: readonly string[];
  /** It is a result of which a task failed. */
  isPartial: boolean;
}

/** The parts of any record that tell its version, whatever else is in it. */
const versionSchema = z.object({
  document: z.object({ etag: z.string(), lastModified: z.string().optional() }),
});

/**
 * What a record's blob metadata says, so that its version and the files beside it can be told without reading it.
 * @param sidecars those files, as `sidecarKey` names them
 */
export function versionMetadata(
  { etag, lastModified }: { etag: string; lastModified?: string | undefined },
  sidecars: readonly string[] = [],
): Record<string, string> {
  return {
    ...(etag === "" ? {} : { documentetag: etag }),
    ...(lastModified === undefined ? {} : { documentlastmodified: lastModified }),
    ...(sidecars.length === 0 ? {} : { sidecars: sidecars.join(",") }),
  };
}

/** The version in a record's metadata; undefined when there is none. */
export function versionIn(metadata: Record<string, string>): DocumentVersion | undefined {
  const { documentetag: etag, documentlastmodified: lastModified } = metadata;
  return etag === undefined ? undefined : { etag, lastModified };
}

/** The record of that name, if there is one. The record itself is read only when its metadata is silent. */
export async function readVersion(container: ContainerClient, name: string): Promise<StoredRecord | undefined> {
  const facts = await readFacts(container, name);
  if (facts === undefined) return undefined;
  const version = versionIn(facts.metadata);
  const sidecars = facts.metadata.sidecars?.split(",") ?? [];
  const isPartial = facts.metadata.outcome === "partiallySucceeded";
  const writtenAt = Date.parse(facts.lastModified);
  if (version !== undefined) return { blobEtag: facts.etag, writtenAt, version, sidecars, isPartial };
  const blob = await readText(container, name);
  if (blob === undefined) return undefined;
  return { blobEtag: blob.etag, writtenAt, version: parseVersion(blob.text), sidecars, isPartial };
}

function parseVersion(text: string): DocumentVersion | undefined {
  try {
    const { etag, lastModified } = versionSchema.parse(JSON.parse(text)).document;
    return { etag, lastModified };
  } catch {
    return undefined;
  }
}

/** How one version of a document stands to another; `unknown` when neither is current any more and their times do not tell. */
export type Order = "newer" | "older" | "same" | "unknown";

/**
 * Which of two versions of a document is the newer: the later modified; of two modified in the same second (the storage
 * service counts no finer), the one that the input container has now. No version at all is older than any.
 */
export async function compareVersions(
  input: ContainerClient,
  documentName: string,
  one: DocumentVersion,
  other: DocumentVersion,
): Promise<Order> {
  if (sameEtag(one.etag, other.etag)) return "same";
  if (one.etag === "" || other.etag === "") return other.etag === "" ? "newer" : "older";
  const difference = Date.parse(one.lastModified ?? "") - Date.parse(other.lastModified ?? "");
  if (difference > 0) return "newer";
  if (difference < 0) return "older";
  const current = await readFacts(input, documentName);
  if (current === undefined) return "unknown";
  if (sameEtag(current.etag, one.etag)) return "newer";
  return sameEtag(current.etag, other.etag) ? "older" : "unknown";
}

export interface FoundRecord extends DocumentVersion, Pick<StoredRecord, "blobEtag" | "writtenAt" | "isPartial"> {
  kind: "result" | "failure";
}

/** Stands for the version of a record that does not tell it: an ETag that no document ever has. */
const NO_VERSION: DocumentVersion = { etag: '"none"', lastModified: undefined };

/**
 * Where a document ended in a pipeline, and which version of it, by two small requests (a record whose
 * metadata is lost, by copying or editing it, is read: otherwise its document would be missed for ever). In the moment between the writing
 * of a record and the removal of the one it supersedes there are two: the one of the newer version counts, of the same
 * version the result.
 *
 * @returns `etag` and `lastModified` of the document, not of the record; undefined when it has not ended
 */
export async function findRecord(
  containers: { results: ContainerClient; failed: ContainerClient },
  pipeline: string,
  documentName: string,
): Promise<FoundRecord | undefined> {
  return (await findRecords(containers, recordName(pipeline, documentName))).record;
}

/**
 * The same, and whether there is a failure record at all.
 * @param failures the names of those that there are, where that is known: then one request is enough
 */
export async function findRecords(
  containers: { results: ContainerClient; failed: ContainerClient },
  name: string,
  failures?: ReadonlySet<string>,
): Promise<{ record: FoundRecord | undefined; hasFailure: boolean }> {
  const mayHaveFailed = failures === undefined || failures.has(name);
  const [result, failure] = await Promise.all([
    find(containers.results, name),
    mayHaveFailed ? find(containers.failed, name) : undefined,
  ]);
  const hasFailure = failure !== undefined;
  const failureIsNewer = time(failure) > time(result);
  if (result !== undefined && !(hasFailure && failureIsNewer)) {
    return { record: { kind: "result", ...result }, hasFailure };
  }
  return { record: hasFailure ? { kind: "failure", ...failure } : undefined, hasFailure };
}

async function find(container: ContainerClient, name: string): Promise<Omit<FoundRecord, "kind"> | undefined> {
  const stored = await readVersion(container, name);
  if (stored === undefined) return undefined;
  const { version, blobEtag, writtenAt, isPartial } = stored;
  return { ...(version === undefined || version.etag === "" ? NO_VERSION : version), blobEtag, writtenAt, isPartial };
}

function time(version: DocumentVersion | undefined): number {
  return Date.parse(version?.lastModified ?? "") || 0;
}
