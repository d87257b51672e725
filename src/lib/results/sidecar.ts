import type { ContainerClient } from "@azure/storage-blob";
import { z } from "zod";
import { recordName } from "../documents/document.ts";
import { createText, deleteBlob, replaceText } from "../storage/blobs.ts";
import { sameEtag } from "../storage/versioned-json.ts";
import { compareVersions, readVersion, type StoredRecord, versionMetadata } from "./record-version.ts";

/** A text file beside a result: `results/<pipeline>/<document name>.<suffix>`. It comes and goes with its result. */
export const sidecarSchema = z.object({
  /** Letters, digits, spaces and `_ . -`; it does not end in `json`, which is the record's own. */
  suffix: z.string(),
  text: z.string(),
});

export type Sidecar = z.output<typeof sidecarSchema>;

/** The document that a result and its sidecars are about. */
export interface SidecarOwner {
  pipeline: string;
  document: { name: string; etag: string; lastModified?: string | undefined };
}

/** Where sidecars are kept, and where the current version of a document is asked for. */
interface SidecarContainers {
  results: ContainerClient;
  input: ContainerClient;
}

/** Each round is caused by another publisher of the same document. */
const MAX_ROUNDS = 50;

/**
 * Stores the sidecars of a result before the result itself, so that none ever names a file that is not there. One of a
 * newer version is left alone: its own result supersedes ours.
 * @param options.again one of the same version is written anew as well
 */
export async function placeSidecars(
  containers: SidecarContainers,
  owner: SidecarOwner,
  sidecars: readonly Sidecar[],
  options: { again: boolean },
): Promise<void> {
  for (const sidecar of sidecars) {
    let isPlaced = false;
    for (let round = 0; round < MAX_ROUNDS && !isPlaced; round++) {
      isPlaced = await place(containers, owner, sidecar, options);
    }
    if (!isPlaced)
      throw new Error(`${nameOf(owner, sidecar.suffix)} kept changing while it was written; it is safe to try again`);
  }
}

async function place(
  { results, input }: SidecarContainers,
  owner: SidecarOwner,
  { suffix, text }: Sidecar,
  { again }: { again: boolean },
): Promise<boolean> {
  const { document } = owner;
  const name = nameOf(owner, suffix);
  const options = { metadata: versionMetadata(document), contentType: "text/plain; charset=utf-8" };
  if ((await createText(results, name, text, options)) !== undefined) return true;
  const there = await readVersion(results, name);
  if (there === undefined) return false;
  const { etag, lastModified } = document;
  const order =
    there.version === undefined
      ? "older"
      : await compareVersions(input, document.name, there.version, { etag, lastModified });
  if (order === "newer" || order === "unknown" || (order === "same" && !again)) return true;
  return (await replaceText(results, name, text, { etag: there.blobEtag, ...options })) !== undefined;
}

/**
 * Removes sidecars of one version of a document, before the result that names them goes: a crash in between leaves a
 * result that is removed again, and never a file that nobody knows of. Those of another version are left alone.
 */
export async function removeSidecars(
  results: ContainerClient,
  owner: SidecarOwner,
  { version, suffixes }: { version: StoredRecord["version"]; suffixes: readonly string[] },
): Promise<void> {
  for (const suffix of suffixes) {
    const name = nameOf(owner, suffix);
    const there = await readVersion(results, name);
    if (there === undefined || !sameEtag(there.version?.etag, version?.etag)) continue;
    await deleteBlob(results, name, there.blobEtag);
  }
}

function nameOf({ pipeline, document }: SidecarOwner, suffix: string): string {
  return recordName(pipeline, document.name, suffix);
}
