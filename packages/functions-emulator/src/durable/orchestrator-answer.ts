import { z } from "zod";
import type { InvokeOutcome } from "./contract.ts";
import { errorMessage } from "./failures.ts";

/** What `durable-functions` makes of one replay, brought into one shape. */
export interface OrchestratorAnswer {
  /** The cumulative list of actions. */
  actions: readonly unknown[];
  /** The answer was read from text, so the same action may be there as two equal objects. */
  fromText: boolean;
  isDone: boolean;
  output: unknown;
  customStatus: unknown;
  /** The message of what the orchestrator threw; `""` if it threw something that has none. */
  error: string | undefined;
  /** The orchestrator could not be replayed at all, so its actions are not known. */
  broken: boolean;
}

const libraryState = z.looseObject({
  isDone: z.boolean(),
  actions: z.array(z.array(z.unknown())).max(1),
  output: z.unknown().optional(),
  customStatus: z.unknown().optional(),
  error: z.string().optional(),
});

/** How the library marks its state in the message of the error that it throws for a failed orchestrator. */
const stateLabel = "\n\n$OutOfProcData$:";

/** Reads what came of invoking an orchestrator: the library's state, or an error that may carry it. */
export function readAnswer(outcome: InvokeOutcome): OrchestratorAnswer {
  if ("value" in outcome) return fromState(outcome.value);
  const message = errorMessage(outcome.error);
  const label = message.indexOf(stateLabel);
  if (label < 0) return broken(message);
  const answer = fromState(parse(message.slice(label + stateLabel.length)));
  return { ...answer, fromText: true, error: answer.error ?? "" };
}

function fromState(value: unknown): OrchestratorAnswer {
  const state = libraryState.safeParse(value);
  if (!state.success)
    return broken("it did not answer with an orchestrator's state: was it registered by df.app.orchestration?");
  const raw = Object(value) as { actions: unknown[][] }; // the parsed copy has lost the identity of the actions
  const { isDone, output, customStatus, error } = state.data;
  return { actions: raw.actions[0] ?? [], fromText: false, isDone, output, customStatus, error, broken: false };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function broken(error: string): OrchestratorAnswer {
  return {
    actions: [],
    fromText: true,
    isDone: false,
    output: undefined,
    customStatus: undefined,
    error,
    broken: true,
  };
}
