import type { BatchContext } from "./batch-context.ts";
import { collectJobs } from "./collect.ts";
import { finishBatch } from "./finish-batch.ts";
import { readLaneFile } from "./lane-file.ts";
import type { LaneMemory, LaneStep } from "./lane-step.ts";
import { learnJobSeconds, nextLookSeconds } from "./look-times.ts";
import { endHold, heldUp, letGo, proceed } from "./next-step.ts";
import { countJobs } from "./progress.ts";

/** Looks at the jobs of the lane's batch, publishes what is finished, and ends the batch with its last job. */
export async function collectStep(context: BatchContext, memory: LaneMemory): Promise<LaneStep> {
  const lane = await readLaneFile(context.containers.work, context.address);
  const { manifest } = lane.file;
  if (manifest === undefined) return proceed(context, memory, { action: "claim" });
  const { stored, shows, interruption, jobSeconds, openSeconds } = await collectJobs(context, manifest);
  const learned = learnJobSeconds(memory.jobSeconds, jobSeconds);
  const remembered = learned === undefined ? memory : { ...memory, jobSeconds: learned };
  const view = { manifest, jobs: countJobs(stored.progress) };

  if (view.jobs.prepared === 0 && view.jobs.open === 0) {
    await finishBatch(context, lane, manifest, stored.progress);
    return proceed(context, endHold(context, remembered), { action: "claim" });
  }
  if (interruption !== undefined) {
    return heldUp(context, letGo(context, remembered, shows), interruption, { after: "collect", view });
  }
  if (view.jobs.prepared > 0) return proceed(context, remembered, { action: "submit", view, shows });
  const { firstLookSeconds: firstSeconds, longestLookSeconds: longestSeconds } = context.limits;
  const afterSeconds = nextLookSeconds(openSeconds, { firstSeconds, longestSeconds });
  return proceed(context, remembered, { action: "collect", afterSeconds, view, shows });
}
