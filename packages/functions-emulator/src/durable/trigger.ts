import type { HistoryEvent } from "./history.ts";
import type { OrchestrationState } from "./state.ts";
import { longTimerInterval, maximumShortTimer, timeSpan } from "./timers.ts";

/** What the extension tells the library beside the history. Replay schema V3 is number 2; V4 only adds entity locks. */
const constants = {
  upperSchemaVersion: 1,
  upperSchemaVersionNew: 2,
  longRunningTimerIntervalDuration: timeSpan(longTimerInterval),
  maximumShortTimerDuration: timeSpan(maximumShortTimer),
  defaultHttpAsyncRequestSleepTimeMillseconds: 30_000, // the missing "i" is the extension's
};

/**
 * The JSON text that an orchestration trigger receives.
 *
 * @param played how many events of the history earlier episodes have seen.
 */
export function orchestrationTrigger(
  instanceId: string,
  state: Pick<OrchestrationState, "input" | "parent">,
  history: readonly HistoryEvent[],
  played: number,
): string {
  const text = JSON.stringify({
    ...constants,
    instanceId,
    parentInstanceId: state.parent?.instanceId ?? null,
    isReplaying: played > 0,
    history: history.map((event, index) => ({ ...event, IsPlayed: index < played })),
  });
  return `${text.slice(0, -1)},"input":${state.input ?? "null"}}`;
}
