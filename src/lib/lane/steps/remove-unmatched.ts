import pMap from "p-map";
import { recordName } from "../../documents/document.ts";
import { UNMATCHED_PIPELINE } from "../../results/failure-record.ts";
import { BlobRefusedError, deleteBlob } from "../../storage/blobs.ts";
import { listAmong } from "../../storage/list-names.ts";
import type { LaneContext } from "../lane-context.ts";

/** Records removed at a time. */
const CONCURRENCY = 8;

/**
 * Removes the failure records of an earlier drop that found no pipeline: they must not stand beside what comes now. One
 * that the storage service insists on stays, and its document goes its way all the same.
 * @param documents names of documents that a pipeline takes
 */
export async function removeUnmatched(
  { containers, log }: Pick<LaneContext, "containers" | "log">,
  documents: readonly string[],
): Promise<void> {
  const { failed } = containers;
  const records = new Map(documents.map((name) => [recordName(UNMATCHED_PIPELINE, name), name]));
  const listed = await listAmong(failed, [...records.keys()]);
  const found = [...records].filter(([record]) => listed?.has(record) ?? true);
  const remove = async ([record, document]: [string, string]): Promise<void> => {
    try {
      await deleteBlob(failed, record);
    } catch (error) {
      if (!(error instanceof BlobRefusedError)) throw error;
      log({ event: "record.refused", pipeline: UNMATCHED_PIPELINE, document, message: error.message });
    }
  };
  await pMap(found, remove, { concurrency: CONCURRENCY });
}
