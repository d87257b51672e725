import type { BatchContext } from "./batch-context.ts";
import { type Manifest, readLaneFile } from "./lane-file.ts";
import type { LaneMemory, LaneStep } from "./lane-step.ts";
import { firstLookSeconds } from "./look-times.ts";
import { heldUp, proceed } from "./next-step.ts";
import { countJobs } from "./progress.ts";
import { submitJobs } from "./submit.ts";
import { workNames } from "./work-names.ts";

/** Looks again after this when another run of the lane is sending: it ends soon, or its lease does. */
const BUSY_SECONDS = 5;
/** So often: no run sends for six minutes, with the longest timeout of a call. */
const MOST_BUSY = 72;

/** Sends what is to be sent of the lane's batch, and says when to look at it. */
export async function submitStep(context: BatchContext, memory: LaneMemory): Promise<LaneStep> {
  const { file } = await readLaneFile(context.containers.work, context.address);
  if (file.manifest === undefined) return proceed(context, memory, { action: "claim" });
  const { outcome, stored } = await submitJobs(context, file.manifest);
  const { busy = 0, ...rest } = memory;
  const view = { manifest: file.manifest, jobs: countJobs(stored.progress) };
  if (outcome.kind === "busy") {
    if (busy >= MOST_BUSY) throw new Error(foreverBusy(file.manifest));
    return proceed(context, { ...rest, busy: busy + 1 }, { action: "submit", afterSeconds: BUSY_SECONDS, view });
  }
  if (outcome.kind !== "submitted") {
    return heldUp(context, rest, { ...outcome, until: "accepted" }, { after: "submit", view });
  }
  const { firstLookSeconds: firstSeconds, longestLookSeconds: longestSeconds } = context.limits;
  const afterSeconds = view.jobs.open === 0 ? 0 : firstLookSeconds(memory.jobSeconds, { firstSeconds, longestSeconds });
  return proceed(context, rest, { action: "collect", afterSeconds, view, shows: ["accepted"] });
}

function foreverBusy({ batch, requests: [first] }: Manifest): string {
  const blob = first === undefined ? "" : `${workNames.request(batch, first.request)} of the work container`;
  return `Somebody has held the lease of ${blob} for over six minutes, so no job can be sent: end it (az storage blob lease break)`;
}
