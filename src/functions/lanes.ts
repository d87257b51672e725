import * as df from "durable-functions";
import { services } from "../lib/app.ts";
import { LANE_ORCHESTRATION, type LaneStep } from "../lib/lane/lane.ts";
import { holdWithoutPipeline, lost } from "../lib/lane/policy/next-step.ts";
import { runStep } from "../lib/lane/run-step.ts";
import { eventSink } from "./bindings/log-sink.ts";
import { laneHost, laneOpener } from "./bindings/orchestrations.ts";

/** A batch that needs more steps starts a new history on the way; its lane file makes that invisible. */
const STEPS_A_HISTORY = 40;

/**
 * A lane: claims, analyses and publishes one batch at a time. It only obeys: each activity decides what comes next and
 * when, so a change of those decisions never breaks a running instance.
 */
export function* lane(context: df.OrchestrationContext): Generator<df.Task, void, LaneStep> {
  let step: LaneStep = context.df.getInput();
  for (let taken = 0; taken < STEPS_A_HISTORY; taken++) {
    context.df.setCustomStatus(step.status);
    if (step.action === "close") return;
    if (taken > 0 && step.action === "claim") break;
    if (step.afterSeconds > 0) {
      const due = context.df.currentUtcDateTime.getTime() + step.afterSeconds * 1000;
      yield context.df.createTimer(new Date(due));
    }
    try {
      step = yield context.df.callActivity(step.action, step);
    } catch {
      step = lost(step, context.df.currentUtcDateTime);
    }
  }
  context.df.continueAsNew(step);
}

df.app.orchestration(LANE_ORCHESTRATION, lane);

for (const action of ["claim", "submit", "collect"] as const) {
  df.app.activity(action, {
    extraInputs: [df.input.durableClient()],
    handler: async (step: LaneStep, context): Promise<LaneStep> => {
      const pipeline = services().pipeline(step.pipeline);
      if (pipeline === undefined) return holdWithoutPipeline(step, Date.now(), eventSink(context));
      const address = { pipeline: step.pipeline, lane: step.lane };
      const batch = services().batch(pipeline, address, eventSink(context));
      return runStep(batch, step, { host: laneHost(context), opener: laneOpener });
    },
  });
}
