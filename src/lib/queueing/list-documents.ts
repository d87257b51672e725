import type { BlobItem, ContainerClient } from "@azure/storage-blob";
import pMap from "p-map";
import { UNMATCHED_PIPELINE } from "../results/record.ts";
import { type FoundRecord, findRecord } from "../results/record-version.ts";
import { matchPipelines, type Pipeline } from "../settings/pipeline.ts";
import { type Containers, isBlobName, isFolderMarker, sameEtag } from "../storage/blobs.ts";
import { listPage } from "../storage/list-blobs.ts";
import type { Wanted } from "./accept-document.ts";

/** Records looked up at a time. */
const CONCURRENCY = 32;

export interface PageQuery {
  /** Only documents whose name begins so. */
  prefix?: string | undefined;
  /** Documents to look at. */
  pageSize: number;
  /** Where the last page ended. */
  cursor?: string | undefined;
  /** Records of current versions count as missing as well that were written before this, milliseconds since 1970. */
  outdatedBefore?: number | undefined;
}

export interface MissingPage {
  /** Documents that have no record of their current version, or an outdated one, in these pipelines, which want them. */
  missing: { name: string; lastModified: number; wanted: Wanted[] }[];
  seen: number;
  /** Absent after the last page. */
  cursor: string | undefined;
}

/**
 * Looks through a part of the input container for documents whose current version has ended nowhere. Reads names and
 * facts only, one page at a time, so a container of any size is walked in bounded steps.
 * @param counts whether a document's end in a pipeline is to be looked up; the pipeline of documents that none of all
 *   wants is `UNMATCHED_PIPELINE`
 */
export async function listMissing(
  containers: Containers,
  pipelines: readonly Pipeline[],
  counts: (pipeline: string, document: Listed) => boolean,
  query: PageQuery,
): Promise<MissingPage> {
  const page = await listDocuments(containers.input, query);
  const looked = await pMap(
    page.documents,
    async (document) => {
      const { name, etag } = document;
      const matching = matchPipelines(pipelines, name).map((pipeline) => pipeline.name);
      const takers = (matching.length === 0 ? [UNMATCHED_PIPELINE] : matching).filter((each) => counts(each, document));
      const records = await Promise.all(takers.map((pipeline) => findRecord(containers, pipeline, name)));
      // What no name can reach has no version that a record could name.
      const hasEnded = (record: FoundRecord | undefined): record is FoundRecord =>
        record !== undefined && (!isBlobName(name) || sameEtag(record.etag, etag));
      const wanted = takers.flatMap((pipeline, index): Wanted[] => {
        const record = records[index];
        if (!hasEnded(record)) return [{ pipeline }];
        const isOutdated = pipeline !== UNMATCHED_PIPELINE && record.writtenAt < (query.outdatedBefore ?? 0);
        return isOutdated ? [{ pipeline, record: record.blobEtag }] : [];
      });
      return { name, lastModified: document.lastModified, wanted };
    },
    { concurrency: CONCURRENCY },
  );
  return {
    missing: looked.filter((each) => each.wanted.length > 0),
    seen: page.documents.length,
    cursor: page.cursor,
  };
}

interface Listed {
  name: string;
  etag: string;
  /** Milliseconds since 1970, whole seconds. */
  lastModified: number;
  bytes: number;
}

/** One page of the documents in the input container. */
export async function listDocuments(
  input: ContainerClient,
  { prefix, pageSize, cursor }: PageQuery,
): Promise<{ documents: Listed[]; cursor: string | undefined }> {
  const { items, next } = await listPage(input, { prefix, pageSize, token: cursor });
  const documents = items.filter(isDocument).map(({ name, properties }) => ({
    name,
    etag: properties.etag ?? "",
    lastModified: properties.lastModified?.getTime() ?? 0,
    bytes: properties.contentLength ?? 0,
  }));
  return { documents, cursor: next };
}

function isDocument({ name, properties, metadata }: BlobItem): boolean {
  return !isFolderMarker(name, { ...properties, bytes: properties.contentLength ?? 0, metadata });
}
