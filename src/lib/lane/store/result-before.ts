import { recordName } from "../../documents/document.ts";
import { type ResultFile, resultFileSchema } from "../../results/record.ts";
import { readText, writeText } from "../../storage/blobs.ts";
import { parseStored } from "../../storage/versioned-json.ts";
import type { LaneContext } from "../lane-context.ts";
import type { LaneSession } from "../lane-session.ts";
import { workNames } from "./names.ts";

/** A result of which tasks are asked again, and which they are. */
export interface PartialResult {
  text: string;
  failedTasks: string[];
}

/**
 * Reads a partially succeeded result.
 * @returns undefined when it is gone, or none of its failed tasks is the pipeline's any more
 */
export async function readPartial(
  { containers, pipeline }: LaneContext,
  document: string,
): Promise<PartialResult | undefined> {
  const name = recordName(pipeline.name, document);
  const blob = await readText(containers.results, name);
  if (blob === undefined) return undefined;
  const { tasks } = parseStored(containers.results, name, blob.text, resultFileSchema);
  const failed = tasks.filter(({ status }) => status !== "succeeded").map((task) => task.name);
  const failedTasks = pipeline.tasks.flatMap(({ name: task }) => (failed.includes(task) ? [task] : []));
  return failedTasks.length === 0 ? undefined : { text: blob.text, failedTasks };
}

/**
 * Keeps the result as it was before its tasks were asked again: what comes of both is then the same, however often it is
 * made and published.
 */
export async function keepBefore({ context, batch }: LaneSession, document: string, text: string): Promise<void> {
  await writeText(context.containers.work, workNames.before(batch.id, document), text);
}

/** @throws Error when it was not kept */
export async function readBefore({ context, batch }: LaneSession, document: string): Promise<ResultFile> {
  const { work } = context.containers;
  const name = workNames.before(batch.id, document);
  const blob = await readText(work, name);
  if (blob === undefined) throw new Error(`The result before is missing from the work container: ${name}`);
  // Checked when it was kept; as it stands, so that no field of it is lost.
  parseStored(work, name, blob.text, resultFileSchema);
  return JSON.parse(blob.text);
}
