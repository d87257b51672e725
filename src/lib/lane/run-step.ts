import { StaleWriteError } from "../storage/versioned-json.ts";
import type { LaneStep } from "./lane.ts";
import type { LaneContext } from "./lane-context.ts";
import type { LaneHost, LaneOpener } from "./lane-opener.ts";
import { LaneSession } from "./lane-session.ts";
import { callerOf } from "./pacer.ts";
import { advance, fail, wait } from "./policy/next-step.ts";
import { claim } from "./steps/claim.ts";
import { collect } from "./steps/collect.ts";
import { lookAgain } from "./steps/finish-batch.ts";
import { submit } from "./steps/submit.ts";

/** Steps that follow each other are run together for so long. */
const TOGETHER_MS = 20_000;
/** So many of them at the most. */
const MOST_STEPS = 4;
/** While jobs wait so long for the service, one more lane would only wait with them, seconds. */
const ENOUGH_SECONDS = 5;

/**
 * Runs the step that a lane is at, and what follows it at once: each start of an activity costs more than a step does.
 * Never throws, and ends well within the host's `functionTimeout`.
 */
export async function runSteps(
  context: LaneContext,
  first: LaneStep,
  lanes: { host: LaneHost; opener: LaneOpener },
): Promise<LaneStep> {
  const begun = context.now();
  let step = first;
  for (let taken = 0; taken < MOST_STEPS; taken++) {
    step = await runStep(context, step, lanes);
    if (step.action === "close" || step.afterSeconds > 0 || context.now() - begun > TOGETHER_MS) break;
  }
  return step;
}

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
    if (next.lane >= pipeline.lanes) return;
    if ((await context.pacer.waitSeconds(callerOf(context))) > ENOUGH_SECONDS) return;
    await lanes.opener.open(lanes.host, next);
  };
  let session: LaneSession | undefined;
  try {
    session = await LaneSession.open(context);
    if (action === "claim") return await claim(session, memory, openNextLane);
    // A step that was meant for an earlier batch may find one whose documents are not read yet: there is nothing to send or count.
    if (session.file.batch?.unread !== undefined || !session.hasBatch)
      return advance(context, memory, { action: "claim" });
    return action === "submit" ? await submit(session, memory, openNextLane) : await collect(session, memory);
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
