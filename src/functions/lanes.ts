import * as df from "durable-functions";
import { app, settingsProblem } from "../lib/app.ts";
import { inSpan } from "../lib/common/telemetry.ts";
import { LANE_ORCHESTRATION, type LaneStep } from "../lib/lane/lane.ts";
import { holdOnSettings, holdWithoutPipeline, lost } from "../lib/lane/policy/next-step.ts";
import { runSteps } from "../lib/lane/run-step.ts";
import { laneHost, laneOpener } from "./bindings/lane-host.ts";
import { eventSink } from "./bindings/log-sink.ts";
import { stepLoop } from "./bindings/step-loop.ts";

/** A lane: claims, analyses and publishes one batch at a time, each in a history of its own. */
df.app.orchestration(
  LANE_ORCHESTRATION,
  stepLoop<LaneStep>({
    activityOf: ({ action }) => action,
    isOver: ({ action }) => action === "close",
    startsAnew: ({ action }) => action === "claim",
    lost,
  }),
);

for (const action of ["claim", "submit", "collect"] as const) {
  df.app.activity(action, {
    extraInputs: [df.input.durableClient()],
    handler: async (step: LaneStep, context): Promise<LaneStep> => {
      const log = eventSink(context);
      const problem = settingsProblem();
      if (problem !== undefined) return holdOnSettings(step, problem, Date.now(), log);
      const pipeline = app().pipeline(step.pipeline);
      if (pipeline === undefined) return holdWithoutPipeline(step, Date.now(), log);
      const lane = app().lane(pipeline, { pipeline: step.pipeline, lane: step.lane }, log);
      const attributes = { pipeline: step.pipeline, lane: step.lane };
      return inSpan(`lane.${action}`, { parent: context.traceContext?.traceParent, attributes }, (trace) =>
        runSteps({ ...lane, trace }, step, { host: laneHost(context), opener: laneOpener }),
      );
    },
  });
}
