import { backoffSeconds } from "../common/backoff.ts";
import { firstLine } from "../common/log.ts";
import type { LaneStep } from "./lane.ts";
import type { BatchContext } from "./lane-context.ts";
import type { LaneHost, LaneOpener } from "./lane-opener.ts";
import { claim } from "./steps/claim.ts";
import { collectStep } from "./steps/collect.ts";
import { submitStep } from "./steps/submit.ts";
import { OvertakenError } from "./store/lane-file.ts";

/** A failure that nobody foresaw is tried again after this, doubling. */
const FIRST_PAUSE = 2;
const LONGEST_PAUSE = 120;

/**
 * Runs the step that a lane is at, and decides the next. Never throws: a lane outlives storage outages and our own
 * mistakes, says in its status what is wrong, and goes on once that is over.
 */
export async function runStep(
  context: BatchContext,
  step: LaneStep,
  lanes: { host: LaneHost; opener: LaneOpener },
): Promise<LaneStep> {
  try {
    if (step.action === "submit") return await submitStep(context, step.memory);
    if (step.action === "collect") return await collectStep(context, step.memory);
    const next = { ...context.address, lane: context.address.lane + 1 };
    const { failing: _over, ...memory } = step.memory;
    return await claim(context, memory, { openNextLane: () => lanes.opener.open(lanes.host, next) });
  } catch (error) {
    if (error instanceof OvertakenError) return { ...step, action: "claim", afterSeconds: 1 };
    return failing(context, step, error);
  }
}

function failing(context: BatchContext, step: LaneStep, error: unknown): LaneStep {
  const message = firstLine(error).slice(0, 500);
  const since = step.memory.failing?.since ?? new Date(context.now()).toISOString();
  const times = (step.memory.failing?.times ?? 0) + 1;
  const afterSeconds = backoffSeconds(times, FIRST_PAUSE, LONGEST_PAUSE);
  context.log({ event: "lane.failing", ...context.address, action: step.action, message });
  return {
    ...step,
    afterSeconds,
    memory: { ...step.memory, failing: { times, since } },
    status: {
      ...step.status,
      state: "failing",
      since,
      reason: {
        code: "StepFailed",
        message: `The step "${step.action}" failed: ${message}`,
        hint: "The lane keeps its documents and tries again. If this lasts, look at the storage account and the logs.",
      },
      nextLookAt: new Date(context.now() + afterSeconds * 1000).toISOString(),
    },
  };
}
