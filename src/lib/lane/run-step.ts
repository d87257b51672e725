import { StaleWriteError } from "../storage/versioned-json.ts";
import type { LaneStep } from "./lane.ts";
import type { LaneContext } from "./lane-context.ts";
import type { LaneHost, LaneOpener } from "./lane-opener.ts";
import { LaneSession } from "./lane-session.ts";
import { advance, fail, wait } from "./policy/next-step.ts";
import { claim } from "./steps/claim.ts";
import { collect } from "./steps/collect.ts";
import { lookAgain } from "./steps/look-again.ts";
import { submit } from "./steps/submit.ts";

/**
 * Runs the step that a lane is at, and decides the next. Never throws: a lane outlives storage outages and our own
 * mistakes, says in its status what is wrong, and goes on once that is over.
 */
export async function runStep(
  context: LaneContext,
  step: LaneStep,
  lanes: { host: LaneHost; opener: LaneOpener },
): Promise<LaneStep> {
  const { action, memory } = step;
  const { address, pipeline } = context;
  const next = { ...address, lane: address.lane + 1 };
  const openNextLane = async (): Promise<void> => {
    if (next.lane < pipeline.lanes) await lanes.opener.open(lanes.host, next);
  };
  let session: LaneSession | undefined;
  try {
    session = await LaneSession.open(context);
    if (action === "claim") return await claim(session, memory, openNextLane);
    if (!session.hasBatch) return advance(context, memory, { action: "claim" });
    return action === "submit" ? await submit(session, memory) : await collect(session, memory);
  } catch (error) {
    // Another run of this lane wrote first; what this one did is its own copy, and the next step reads the truth.
    if (error instanceof StaleWriteError) {
      // The results that this run published on its own are no worse than those of the other, nor do both stand.
      if (session?.hasBatch) await lookAgain(session).catch(() => {});
      await session?.removeIfOver().catch(() => {}); // what is left, the sweep removes
      return wait(context, memory, 1, { action: "claim" });
    }
    return fail(context, step, error);
  }
}
