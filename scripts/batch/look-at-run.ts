import type { ContainerClient } from "@azure/storage-blob";
import { recordName } from "../../src/lib/documents/document.ts";
import { readVersion, versionIn } from "../../src/lib/results/record-version.ts";
import type { Glob } from "../../src/lib/settings/glob.ts";
import { isFolderMarker, sameEtag } from "../../src/lib/storage/blobs.ts";
import type { RunStorage } from "./run-storage.ts";

/** A run, as it is found again: by its name and its pipeline. */
export interface Run {
  name: string;
  pipeline: string;
  takes: Glob;
  /** The documents that count; absent: all that lie in the run's folder and that the pipeline takes. */
  only?: ReadonlySet<string>;
}

/** A document whose current version has ended. */
export interface EndedDocument {
  document: string;
  container: "results" | "failed";
  /** Name and ETag of the blob with the record. */
  blob: string;
  blobEtag: string;
}

/** How a run stands at one moment. */
export interface RunView {
  documents: number;
  ended: EndedDocument[];
}

/**
 * Looks where each document of a run is, by lists of three folders (a request for 5,000 names): nothing of a run is kept
 * anywhere else, so that any machine finds it.
 */
export async function lookAtRun(storage: RunStorage, run: Run): Promise<RunView> {
  const folder = recordName(run.pipeline, `${run.name}/x`).slice(0, -"x.json".length);
  const documents = await documentsOf(storage.input, run);
  // Failures first: a record that moves to the results meanwhile is then seen twice rather than not at all.
  const failed = await recordsIn(storage.failed, folder);
  const results = await recordsIn(storage.results, folder);
  const ended: EndedDocument[] = [];
  for (const [document, etag] of documents) {
    const blob = recordName(run.pipeline, document);
    const found = results.get(blob);
    const failure = failed.get(blob);
    if (found !== undefined && sameEtag(found.etag, etag))
      ended.push({ document, container: "results", blob, blobEtag: found.blobEtag });
    else if (failure !== undefined && sameEtag(failure.etag, etag))
      ended.push({ document, container: "failed", blob, blobEtag: failure.blobEtag });
  }
  return { documents: documents.size, ended };
}

/** Names and ETags of the documents. */
async function documentsOf(input: ContainerClient, { name, takes, only }: Run): Promise<Map<string, string>> {
  const documents = new Map<string, string>();
  for await (const blob of input.listBlobsFlat({ prefix: `${name}/`, includeMetadata: true })) {
    const { etag, contentLength = 0, contentType } = blob.properties;
    const isWanted = only === undefined ? takes(blob.name) : only.has(blob.name);
    if (isWanted && !isFolderMarker(blob.name, { bytes: contentLength, contentType, metadata: blob.metadata }))
      documents.set(blob.name, etag);
  }
  return documents;
}

/** The version of the document that each record is about, by the name of the record. */
async function recordsIn(
  container: ContainerClient,
  prefix: string,
): Promise<Map<string, { etag: string; blobEtag: string }>> {
  const records = new Map<string, { etag: string; blobEtag: string }>();
  for await (const { name, metadata = {}, properties } of container.listBlobsFlat({ prefix, includeMetadata: true })) {
    const version = versionIn(metadata) ?? (await readVersion(container, name))?.version;
    if (version !== undefined) records.set(name, { etag: version.etag, blobEtag: properties.etag });
  }
  return records;
}
