import type { EpisodeOptions } from "./contract.ts";
import { beginDraft, type Draft } from "./draft.ts";
import type { HistoryEvent } from "./history.ts";
import { readAnswer } from "./orchestrator-answer.ts";
import { receiveEvents } from "./receive-events.ts";
import type { EndedExecution } from "./replay-check.ts";
import { settle } from "./settle.ts";
import type { OrchestrationState } from "./state.ts";
import { orchestrationTrigger } from "./trigger.ts";

/** What an episode leads to. Nothing of it is in effect yet. */
export interface Episode extends Pick<Draft, "state" | "outgoing" | "returned" | "violations"> {
  /** An execution that the orchestrator ended in this episode, to be checked by one more replay. */
  ended: EndedExecution | undefined;
}

/**
 * Lets the orchestrator see new events: replays its history with them, and works out what follows.
 *
 * @param now milliseconds since 1970, not before the time of an earlier episode.
 */
export async function runEpisode(
  instanceId: string,
  state: OrchestrationState,
  events: readonly HistoryEvent[],
  now: number,
  options: EpisodeOptions,
): Promise<Episode> {
  const draft = beginDraft(instanceId, state, now);
  receiveEvents(draft, events);
  const trigger = orchestrationTrigger(instanceId, state, draft.state.history, draft.played);
  const begun = performance.now();
  const outcome = await options.invoke("orchestration", state.name, trigger);
  const took = performance.now() - begun;
  if (took > options.slowOrchestratorMilliseconds) {
    const message = `Orchestrator "${state.name}" computed for ${Math.round(took)} ms, and no other runs meanwhile: such work belongs into an activity.`;
    draft.violations.push({ code: "slow-orchestrator", message });
  }
  const ended = settle(draft, readAnswer(outcome), options);
  return { ...draft, ended };
}
