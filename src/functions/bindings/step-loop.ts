import type * as df from "durable-functions";

/** So much of a history is short to replay; what is kept in blobs makes the next one go on where this ended. */
const STEPS_PER_HISTORY = 40;

/**
 * Durable Functions cuts the delay of a timer's message to whole seconds, so a timer may fire so much too early
 * (https://github.com/MicrosoftDocs/azure-docs/issues/24921): a second more, and no step comes sooner than it was told to.
 */
const TIMER_MARGIN_MS = 1_000;

/** What comes next, as the activity that ran last decided it. */
interface Step {
  /** Waited for before the activity, seconds. */
  afterSeconds: number;
  /** What an operator sees of the orchestration. */
  status: object;
}

interface StepRules<S extends Step, Result> {
  activityOf(step: S): string;
  /** True for a step that is none: the orchestration ends with its result. */
  isOver(step: S): boolean;
  result?(step: S): Result;
  /** True for a step that begins a history of its own. */
  startsAnew?(step: S): boolean;
  /** The same step again, after its activity was lost. */
  lost(step: S, now: Date): S;
}

/**
 * An orchestrator that only obeys: each activity decides what comes next and when, so a change of those decisions never
 * breaks a running instance.
 */
export function stepLoop<S extends Step, Result = undefined>(rules: StepRules<S, Result>) {
  return function* (context: df.OrchestrationContext): Generator<df.Task, Result | undefined, S> {
    let step: S = context.df.getInput();
    for (let taken = 0; taken < STEPS_PER_HISTORY; taken++) {
      context.df.setCustomStatus(step.status);
      if (rules.isOver(step)) return rules.result?.(step);
      if (taken > 0 && rules.startsAnew?.(step)) break;
      if (step.afterSeconds > 0) {
        const due = context.df.currentUtcDateTime.getTime() + step.afterSeconds * 1000 + TIMER_MARGIN_MS;
        yield context.df.createTimer(new Date(due));
      }
      try {
        step = yield context.df.callActivity(rules.activityOf(step), step);
      } catch {
        step = rules.lost(step, context.df.currentUtcDateTime);
      }
    }
    context.df.continueAsNew(step);
    return undefined;
  };
}
