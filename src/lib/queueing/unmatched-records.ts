import { createHash } from "node:crypto";
import type { ContainerClient } from "@azure/storage-blob";
import pMap from "p-map";
import type { EventLog } from "../common/log.ts";
import { recordName } from "../documents/document.ts";
import { workNames } from "../lane/store/names.ts";
import { UNMATCHED_PIPELINE } from "../results/record.ts";
import { matchPipelines, type Pipeline } from "../settings/pipeline.ts";
import { BlobRefusedError, type Containers, createText, deleteBlob, readFacts } from "../storage/blobs.ts";
import { listAmong, listNames } from "../storage/list-blobs.ts";
import { type FailureCursor, listFailures } from "./list-failures.ts";

/** What the pipelines take; when it changes, other documents find none. */
export function routingOf(pipelines: readonly Pipeline[]): string {
  return pipelines.map(({ match }) => match).join("\n");
}

/**
 * Notes that documents find no pipeline as these are configured. Call it before the record of the first is written, so that
 * the record is not forgotten when the settings change, however short a time they stood and whatever dies meanwhile.
 * Storage is asked for each document, and no process remembers the answer: one with newer settings may have removed the note
 * since, and a record written after that would be forgotten. It is a read, which costs less than the write it mostly saves.
 */
export async function noteUnmatched(work: ContainerClient, pipelines: readonly Pipeline[]): Promise<void> {
  const routing = routingOf(pipelines);
  const name = noteOf(routing);
  if ((await readFacts(work, name)) !== undefined) return;
  await createText(work, name, JSON.stringify({ routing }));
}

/**
 * Where documents found no pipeline under settings that are no longer: of those that one takes now, the record says what is
 * no longer so. Most of them have been analysed before, and no lane will look at them again.
 */
export async function removeOutdated(context: {
  containers: Containers;
  pipelines: readonly Pipeline[];
  log: EventLog;
  /** Records listed at a time. */
  pageDocuments: number;
}): Promise<void> {
  const { work } = context.containers;
  const current = noteOf(routingOf(context.pipelines));
  const outdated = (await listNames(work, workNames.unmatched)).filter((name) => name !== current);
  if (outdated.length === 0) return;
  let cursor: FailureCursor | undefined;
  let areGone = true;
  do {
    const query = { pageSize: context.pageDocuments, cursor };
    const page = await listFailures(context.containers, { pipeline: UNMATCHED_PIPELINE }, query);
    const taken = page.failures.filter(({ name }) => matchPipelines(context.pipelines, name).length > 0);
    const names = taken.map(({ name }) => name);
    areGone = (await removeUnmatched(context, names)) && areGone;
    ({ cursor } = page);
  } while (cursor !== undefined);
  // What somebody holds for now is looked at again by the next sweep.
  if (!areGone) return;
  // What still finds no pipeline does so under the settings of today.
  await noteUnmatched(work, context.pipelines);
  for (const name of outdated) await deleteBlob(work, name);
}

function noteOf(routing: string): string {
  return `${workNames.unmatched}${createHash("sha256").update(routing).digest("hex").slice(0, 16)}.json`;
}

/** Records removed at a time. */
const CONCURRENCY = 8;

/**
 * Removes the failure records of an earlier drop that found no pipeline: they must not stand beside what comes now. One
 * that the storage service insists on stays until a later sweep may remove it, and its document goes its way all the same.
 * @param documents names of documents that a pipeline takes
 * @returns whether all of them are gone
 */
export async function removeUnmatched(
  { containers, log }: { containers: Containers; log: EventLog },
  documents: readonly string[],
): Promise<boolean> {
  const { failed, work } = containers;
  let areGone = true;
  const records = new Map(documents.map((name) => [recordName(UNMATCHED_PIPELINE, name), name]));
  const listed = await listAmong(failed, [...records.keys()]);
  const found = [...records].filter(([record]) => listed?.has(record) ?? true);
  const remove = async ([record, document]: [string, string]): Promise<void> => {
    try {
      await deleteBlob(failed, record);
    } catch (error) {
      if (!(error instanceof BlobRefusedError)) throw error;
      areGone = false;
      await createText(work, workNames.heldUnmatched, "{}");
      log({ event: "record.refused", pipeline: UNMATCHED_PIPELINE, document, message: error.message });
    }
  };
  await pMap(found, remove, { concurrency: CONCURRENCY });
  return areGone;
}
