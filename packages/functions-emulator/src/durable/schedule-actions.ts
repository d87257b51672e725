import { ActionType, parseAction, signature } from "./actions.ts";
import type { DurableEngineOptions } from "./contract.ts";
import type { Draft } from "./draft.ts";
import type { OrchestratorAnswer } from "./orchestrator-answer.ts";
import { compareWithScheduled, distinctActions } from "./replayed-actions.ts";
import { scheduleAction } from "./schedule-action.ts";
import type { OrchestrationState } from "./state.ts";

/**
 * Acts on the actions of an answer that are new since the last episode, in their order, and drops timers that the
 * orchestrator has cancelled since.
 *
 * @throws OrchestrationRefused when the replay differs from the one before, or an action is not acceptable.
 */
export function scheduleActions(
  draft: Draft,
  answer: OrchestratorAnswer,
  functions: DurableEngineOptions["functions"],
): void {
  const distinct = distinctActions(draft, answer);
  compareWithScheduled(draft, distinct);
  const { scheduled, open } = draft.state;
  for (const [index, raw] of distinct.entries()) {
    const known = scheduled[index];
    if (known === undefined) {
      const { type, name } = signature(raw);
      scheduled.push({ type, name, id: scheduleAction(draft, parseAction(raw), functions) });
    } else if (known.type === ActionType.CreateTimer && "isCanceled" in raw && raw.isCanceled === true) {
      cancelTimer(open, known.id);
    }
  }
}

/** Drops a timer; of a long one, the hop that is pending. */
function cancelTimer(open: OrchestrationState["open"], firstId: number): void {
  const isIt = ([id, task]: (typeof entries)[number]) =>
    task.type === "timer" && (task.firstHop ?? Number(id)) === firstId;
  const entries = Object.entries(open);
  const found = entries.find(isIt);
  if (found !== undefined) delete open[found[0]];
}
