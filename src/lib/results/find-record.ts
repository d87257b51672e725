import type { ContainerClient } from "@azure/storage-blob";
import { recordName } from "../documents/record-name.ts";
import { type DocumentVersion, readVersion } from "./record-version.ts";

export interface FoundRecord extends DocumentVersion {
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
  const name = recordName(pipeline, documentName);
  const [result, failure] = await Promise.all([find(containers.results, name), find(containers.failed, name)]);
  const failureIsNewer = time(failure) > time(result);
  if (result !== undefined && !(failure !== undefined && failureIsNewer)) return { kind: "result", ...result };
  return failure === undefined ? undefined : { kind: "failure", ...failure };
}

async function find(container: ContainerClient, name: string): Promise<DocumentVersion | undefined> {
  const stored = await readVersion(container, name);
  if (stored === undefined) return undefined;
  const { version } = stored;
  return version === undefined || version.etag === "" ? NO_VERSION : version;
}

function time(version: DocumentVersion | undefined): number {
  return Date.parse(version?.lastModified ?? "") || 0;
}
