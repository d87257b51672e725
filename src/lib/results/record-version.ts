import type { ContainerClient } from "@azure/storage-blob";
import { z } from "zod";
import { readFacts, readText } from "../storage/blobs.ts";

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
  /** Undefined for a blob that is no readable record. */
  version: DocumentVersion | undefined;
}

/** The parts of any record that tell its version, whatever else is in it. */
const versionSchema = z.object({
  document: z.object({ etag: z.string(), lastModified: z.string().optional() }),
});

/** What a record's blob metadata says, so that a version can be told without reading the record. */
export function versionMetadata({ etag, lastModified }: { etag: string; lastModified?: string | undefined }) {
  return {
    ...(etag === "" ? {} : { documentetag: etag }),
    ...(lastModified === undefined ? {} : { documentlastmodified: lastModified }),
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
  if (version !== undefined) return { blobEtag: facts.etag, version };
  const blob = await readText(container, name);
  return blob === undefined ? undefined : { blobEtag: blob.etag, version: parseVersion(blob.text) };
}

/** ETags are compared without their quotes: headers have them, events do not. */
export function sameVersion(a: DocumentVersion, b: DocumentVersion): boolean {
  return unquoted(a.etag) === unquoted(b.etag);
}

export function unquoted(etag: string): string {
  return etag.replace(/^(?:W\/)?"(.*)"$/, "$1");
}

function parseVersion(text: string): DocumentVersion | undefined {
  try {
    const { etag, lastModified } = versionSchema.parse(JSON.parse(text)).document;
    return { etag, lastModified };
  } catch {
    return undefined;
  }
}
