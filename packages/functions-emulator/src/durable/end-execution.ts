import { childFailure } from "./failures.ts";
import { EventType, eventAt } from "./history.ts";
import type { Message, OrchestrationState } from "./state.ts";

/** Durable Task's numbers for the ways to end. */
const statusNumber = { Completed: 1, Failed: 3, Terminated: 5 } as const;

/**
 * Ends an instance, and returns what its parent is told, if it has one.
 *
 * @param output JSON text of the result, or of the reason of a failure or a termination.
 */
export function finish(
  state: OrchestrationState,
  now: number,
  status: keyof typeof statusNumber,
  output: string | null,
  failureDetails: boolean,
): Message | undefined {
  const { ExecutionCompleted, OrchestratorCompleted } = EventType;
  const OrchestrationStatus = statusNumber[status];
  state.history.push(eventAt(now, { EventType: ExecutionCompleted, OrchestrationStatus, Result: output }));
  state.history.push(eventAt(now, { EventType: OrchestratorCompleted }));
  Object.assign(state, { status, output, open: {}, held: false, suspended: false, lastUpdatedTime: now });
  if (state.parent === undefined) return undefined;
  const { instanceId: to, executionId, taskId: TaskScheduledId } = state.parent;
  const { SubOrchestrationInstanceCompleted, SubOrchestrationInstanceFailed } = EventType;
  const body =
    status === "Completed"
      ? { EventType: SubOrchestrationInstanceCompleted, TaskScheduledId, Result: output ?? "null" }
      : {
          EventType: SubOrchestrationInstanceFailed,
          TaskScheduledId,
          ...childFailure(String(JSON.parse(output ?? '""')), failureDetails),
        };
  return { type: "event", to, executionId, event: eventAt(now, body) };
}
