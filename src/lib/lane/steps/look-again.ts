import pMap from "p-map";
import { recordName } from "../../documents/document.ts";
import { publishRecord } from "../../results/publish-record.ts";
import { type ResultFile, resultFileSchema } from "../../results/record.ts";
import { readVersion } from "../../results/record-version.ts";
import { readText } from "../../storage/blobs.ts";
import { listAmong } from "../../storage/list-names.ts";
import type { LaneContext } from "../lane-context.ts";
import type { LaneSession } from "../lane-session.ts";

/** Records looked up at a time. */
const CONCURRENCY = 8;

/**
 * The look at failure records that the results of a batch were published without (`looksLater`), for all of them together:
 * they had none when they were read, and only a run of a lane that was slower than another writes one then. Can be
 * repeated; after it, at most one record of each document stands.
 */
export async function lookAgain({ context, batch }: LaneSession): Promise<void> {
  const { containers, pipeline } = context;
  const names = batch.documents.flatMap(({ info, unfailed }) =>
    unfailed ? [recordName(pipeline.name, info.name)] : [],
  );
  const listed = await listAmong(containers.failed, names);
  const suspects = names.filter((name) => listed?.has(name) ?? true);
  await pMap(suspects, (name) => settle(context, name), { concurrency: CONCURRENCY });
}

/** Leaves the better of a document's two records, if it has two. */
async function settle({ containers }: LaneContext, name: string): Promise<void> {
  const { results, failed } = containers;
  if ((await readVersion(failed, name)) === undefined) return;
  const result = parseResult((await readText(results, name))?.text);
  if (result !== undefined) await publishRecord(containers, result);
}

/** The result as it stands; undefined when it is gone, or somebody put something else in its place. */
function parseResult(text = ""): ResultFile | undefined {
  try {
    const value = JSON.parse(text);
    return resultFileSchema.safeParse(value).success ? value : undefined;
  } catch {
    return undefined;
  }
}
