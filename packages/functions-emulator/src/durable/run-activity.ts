import { activityFailure } from "./failures.ts";
import { EventType, eventAt, type HistoryEvent } from "./history.ts";
import { checkPayload } from "./payloads.ts";
import type { Surroundings } from "./surroundings.ts";

/**
 * Runs an activity and returns the event that tells its end.
 *
 * @param input the input of its `TaskScheduled` event: a JSON array of what the orchestrator passed.
 */
export async function runActivity(
  instanceId: string,
  task: { id: number; name: string; input: string },
  { invoke, clock, failureDetails, report }: Surroundings,
): Promise<HistoryEvent> {
  const { id: TaskScheduledId, name } = task;
  const outcome = await invoke("activity", name, triggerData(task.input));
  const failed = (error: unknown) => {
    const failure = activityFailure(name, error, failureDetails);
    return eventAt(clock.now(), { EventType: EventType.TaskFailed, TaskScheduledId, ...failure });
  };
  if ("error" in outcome) return failed(outcome.error);
  const what = `The output of activity "${name}"`;
  const text = checkPayload(what, outcome.value, (problem) => report({ instanceId, ...problem }));
  if (text instanceof Error) {
    report({ instanceId, code: "not-json", message: text.message });
    return failed(text);
  }
  return eventAt(clock.now(), { EventType: EventType.TaskCompleted, TaskScheduledId, Result: text ?? "null" });
}

/** The library has made JSON text of a string already; null and nothing arrive as undefined. */
function triggerData(scheduledInput: string): string | undefined {
  const [input] = JSON.parse(scheduledInput) as [unknown];
  if (input === null) return undefined;
  return typeof input === "string" ? input : JSON.stringify(input);
}
