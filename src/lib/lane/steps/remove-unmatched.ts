import pMap from "p-map";
import { recordName } from "../../documents/document.ts";
import { UNMATCHED_PIPELINE } from "../../results/failure-record.ts";
import { BlobRefusedError, createText, deleteBlob } from "../../storage/blobs.ts";
import { listAmong } from "../../storage/list-names.ts";
import type { LaneContext } from "../lane-context.ts";
import { workNames } from "../store/names.ts";

/** Records removed at a time. */
const CONCURRENCY = 8;

/**
 * Removes the failure records of an earlier drop that found no pipeline: they must not stand beside what comes now. One
 * that the storage service insists on stays until a later sweep may remove it, and its document goes its way all the same.
 * @param documents names of documents that a pipeline takes
 * @returns whether all of them are gone
 */
export async function removeUnmatched(
  { containers, log }: Pick<LaneContext, "containers" | "log">,
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
