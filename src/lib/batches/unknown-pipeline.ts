import type { EventLog } from "../logging/event-log.ts";
import { growingDelay } from "./growing-delay.ts";
import type { LaneStep } from "./lane-step.ts";

const FIRST_PAUSE = 30;
/** Shorter than the window of the alert `lane-blocked`. */
const LONGEST_PAUSE = 900;

/**
 * A lane whose pipeline was taken out of `pipelines.json` keeps its documents and says so, each time: the sweep reports
 * only the pipelines that there are.
 */
export function unknownPipeline(step: LaneStep, now: number, log: EventLog): LaneStep {
  const { held } = step.memory;
  const since = held?.since ?? new Date(now).toISOString();
  const times = (held?.times ?? 0) + 1;
  const afterSeconds = growingDelay(times, FIRST_PAUSE, LONGEST_PAUSE);
  const reason = {
    code: "PipelineNotConfigured",
    message: `pipelines.json has no pipeline "${step.pipeline}"`,
    hint: "Put the pipeline back to finish its documents; when it is not wanted any more, terminate this instance and empty its queue.",
  };
  const { code, message } = reason;
  log({ event: "lane.blocked", pipeline: step.pipeline, lane: step.lane, code, message, since });
  return {
    ...step,
    afterSeconds,
    memory: { ...step.memory, held: { state: "blocked", times, since, reason, until: "seen", reported: true } },
    status: {
      ...step.status,
      state: "blocked",
      since,
      reason,
      nextLookAt: new Date(now + afterSeconds * 1000).toISOString(),
    },
  };
}
