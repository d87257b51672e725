import * as df from "durable-functions";
import { services } from "../lib/app.ts";
import { runAuthorStep } from "../lib/project/run-step.ts";
import { AUTHOR_ACTIVITY, AUTHOR_ORCHESTRATION, type AuthorResult, type AuthorStep } from "../lib/project/step.ts";
import { eventSink } from "./bindings/log-sink.ts";

/** A training that needs more steps starts a new history on the way; its state blob makes that invisible. */
const STEPS_A_HISTORY = 40;
/** When an activity itself was lost; the steps handle all other failures. */
const LOST_STEP_SECONDS = 10;

/**
 * Works on one project until nothing is left to do: creates, trains, deploys or deletes, as it was asked. It only obeys:
 * each step decides what comes next and when, so a change of those decisions never breaks a running instance.
 */
export function* author(context: df.OrchestrationContext): Generator<df.Task, AuthorResult | undefined, AuthorStep> {
  let step: AuthorStep = context.df.getInput();
  for (let taken = 0; taken < STEPS_A_HISTORY; taken++) {
    context.df.setCustomStatus(step.status);
    if (step.result !== undefined) return step.result;
    if (step.afterSeconds > 0) {
      const due = context.df.currentUtcDateTime.getTime() + step.afterSeconds * 1000;
      yield context.df.createTimer(new Date(due));
    }
    try {
      step = yield context.df.callActivity(AUTHOR_ACTIVITY, step);
    } catch {
      step = { ...step, afterSeconds: LOST_STEP_SECONDS };
    }
  }
  context.df.continueAsNew(step);
  return undefined;
}

df.app.orchestration(AUTHOR_ORCHESTRATION, author);

df.app.activity(AUTHOR_ACTIVITY, {
  handler: async (step: AuthorStep, context): Promise<AuthorStep> =>
    runAuthorStep(services().author(step.project, eventSink(context)), step),
});
