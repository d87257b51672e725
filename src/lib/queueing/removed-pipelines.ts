import { keepDays } from "../lane/store/daily-usage.ts";
import { readLaneFile } from "../lane/store/list-lanes.ts";
import { queueNames, workNames } from "../lane/store/names.ts";
import { rowNames } from "../rows/row-names.ts";
import type { Pipeline } from "../settings/pipeline.ts";
import { deleteBlob } from "../storage/blobs.ts";
import { deletePrefix } from "../storage/lease.ts";
import type { SweepContext } from "./inspect-pipeline.ts";

/** Pipelines that left something behind: a queue, or the file of a lane; `pipelines.json` has them no longer. */
export async function listRemoved(context: SweepContext): Promise<Pipeline[]> {
  const names = new Set<string>();
  for await (const { name } of context.queues.listQueues({ prefix: queueNames.prefix })) {
    const pipeline = queueNames.pipelineOf(name);
    if (pipeline !== undefined) names.add(pipeline);
  }
  const lanes = context.containers.work.listBlobsByHierarchy("/", { prefix: workNames.lanes });
  for await (const { kind, name } of lanes) if (kind === "prefix") names.add(name.split("/")[1] ?? "");
  for (const { name } of context.pipelines) names.delete(name);
  return [...names].sort().map((name) => ({ name, match: "", tasks: [], apiVersion: "", lanes: 0, maxWaitSeconds: 0 }));
}

/** Removes what was learned of resources that nobody asked for long: it is learned anew in minutes. */
async function removePaces({ containers: { work } }: SweepContext, before: number): Promise<void> {
  for await (const { name, properties } of work.listBlobsFlat({ prefix: workNames.paces })) {
    if (properties.lastModified.getTime() < before) await deleteBlob(work, name, properties.etag);
  }
}

/**
 * Removes what lanes of removed or renamed pipelines left in the work container, once nobody wrote it for long: their
 * documents are where they were, and `removeOrphans` takes the texts. Messages on their queues stay: they are documents.
 * @param before milliseconds since 1970
 */
export async function removeLeftovers(context: SweepContext, before: number): Promise<void> {
  const { work } = context.containers;
  await removePaces(context, before);
  for (const { name } of await listRemoved(context)) {
    let kept = 0;
    for await (const blob of work.listBlobsFlat({ prefix: workNames.lanesOf(name) })) {
      if (blob.properties.lastModified.getTime() >= before) {
        kept++;
        continue;
      }
      // What it did is asked for long after it is gone.
      const address = workNames.laneOf(blob.name);
      await keepDays(work, address, (await readLaneFile(work, address))?.days ?? {});
      await deleteBlob(work, blob.name, blob.properties.etag);
    }
    if (kept > 0) continue;
    await deletePrefix(work, rowNames.ofPipeline(name));
    await deleteBlob(work, workNames.claims(name));
    await deleteBlob(work, workNames.control(name));
  }
}
