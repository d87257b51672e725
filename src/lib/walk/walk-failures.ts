import pMap from "p-map";
import type { Containers } from "../batches/batch-context.ts";
import { failureFileSchema } from "../results/failure-file.ts";
import { readText } from "../storage/blobs.ts";
import type { WalkQuery } from "./walk-input.ts";

const CONCURRENCY = 32;

const headSchema = failureFileSchema.pick({ schemaVersion: true, pipeline: true, status: true, document: true });

export interface FailuresPage {
  failures: { pipeline: string; name: string }[];
  seen: number;
  /** Absent after the last page. */
  cursor: string | undefined;
}

/**
 * The documents that ended in failure records, one page at a time.
 * @param pipeline absent: of every pipeline
 */
export async function walkFailures(
  containers: Containers,
  pipeline: string | undefined,
  query: WalkQuery,
): Promise<FailuresPage> {
  const { prefix = "", pageSize, cursor } = query;
  const pages = containers.failed
    .listBlobsFlat(pipeline === undefined ? {} : { prefix: `${pipeline}/` })
    .byPage({ maxPageSize: pageSize, ...(cursor === undefined ? {} : { continuationToken: cursor }) });
  const { value } = await pages.next();
  const items: { name: string }[] = value?.segment.blobItems ?? [];
  const read = await pMap(items, async ({ name }) => parse((await readText(containers.failed, name))?.text), {
    concurrency: CONCURRENCY,
  });
  return {
    failures: read.flat().filter(({ name }) => name.startsWith(prefix)),
    seen: items.length,
    cursor: value?.continuationToken || undefined,
  };
}

/** What a failure record speaks of; nothing when it is gone or not one of ours. */
function parse(text: string | undefined): FailuresPage["failures"] {
  if (text === undefined) return [];
  try {
    const { pipeline, document } = headSchema.parse(JSON.parse(text));
    return [{ pipeline, name: document.name }];
  } catch {
    return [];
  }
}
