import type { LaneReason, LaneStep } from "./lane-step.ts";

/** A step that never came back is tried again after this, in seconds. */
const PAUSE = 10;

const reasonFor = ({ action }: LaneStep): LaneReason => ({
  code: "StepLost",
  message: `The step "${action}" did not come back: the process died, or the step ran out of time`,
  hint: "The lane keeps its documents and tries again. If this lasts, look at the exceptions and the memory of the app.",
});

/**
 * The same step again, after its activity was lost; failures inside an activity never come this far.
 * @param now the orchestration's time
 */
export function lostStep(step: LaneStep, now: Date): LaneStep {
  const { state, since } = step.status;
  return {
    ...step,
    afterSeconds: PAUSE,
    status: {
      ...step.status,
      state: "failing",
      since: state === "failing" && since !== undefined ? since : now.toISOString(),
      reason: reasonFor(step),
      nextLookAt: new Date(now.getTime() + PAUSE * 1000).toISOString(),
    },
  };
}
