import type { ContainerClient } from "@azure/storage-blob";
import { readFacts } from "../storage/blobs.ts";
import { type DocumentVersion, sameVersion, unquoted } from "./record-version.ts";

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
  if (sameVersion(one, other)) return "same";
  if (one.etag === "" || other.etag === "") return other.etag === "" ? "newer" : "older";
  const difference = Date.parse(one.lastModified ?? "") - Date.parse(other.lastModified ?? "");
  if (difference > 0) return "newer";
  if (difference < 0) return "older";
  const current = await readFacts(input, documentName);
  if (current === undefined) return "unknown";
  if (unquoted(current.etag) === unquoted(one.etag)) return "newer";
  return unquoted(current.etag) === unquoted(other.etag) ? "older" : "unknown";
}
