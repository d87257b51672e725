import type { BatchContext } from "./batch-context.ts";
import { readLaneFile } from "./lane-file.ts";
import type { LaneMemory, LaneStep } from "./lane-step.ts";
import { firstLookSeconds } from "./look-times.ts";
import { heldUp, proceed } from "./next-step.ts";
import { countJobs } from "./progress.ts";
import { submitJobs } from "./submit.ts";

/** Looks again after this when another run of the lane is sending: it ends soon, or its lease does. */
const BUSY_SECONDS = 5;

/** Sends what is to be sent of the lane's batch, and says when to look at it. */
export async function submitStep(context: BatchContext, memory: LaneMemory): Promise<LaneStep> {
  const { file } = await readLaneFile(context.containers.work, context.address);
  if (file.manifest === undefined) return proceed(context, memory, { action: "claim" });
  const { outcome, stored } = await submitJobs(context, file.manifest);
  const view = { manifest: file.manifest, jobs: countJobs(stored.progress) };
  if (outcome.kind === "busy") return proceed(context, memory, { action: "submit", afterSeconds: BUSY_SECONDS, view });
  if (outcome.kind !== "submitted") return heldUp(context, memory, outcome, { after: "submit", view });
  const { firstLookSeconds: firstSeconds, longestLookSeconds: longestSeconds } = context.limits;
  const afterSeconds = view.jobs.open === 0 ? 0 : firstLookSeconds(memory.jobSeconds, { firstSeconds, longestSeconds });
  return proceed(context, memory, { action: "collect", afterSeconds, view, shows: "accepted" });
}
