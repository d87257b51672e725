import type { Scheduled } from "../clock.ts";
import type { EngineDeps } from "./engine-deps.ts";
import { scheduledEvent } from "./episode.ts";
import { activityFailure, completedTaskId, EventType, eventAt, type HistoryEvent } from "./history.ts";
import { checkPayload } from "./limits.ts";
import type { OpenTask, OrchestrationState } from "./state.ts";

/** Tells an execution that one of its tasks has ended. */
type Tell = (executionId: string, event: HistoryEvent) => Promise<void>;

/** Brings what really runs, activities and timers, in line with the open tasks of an instance. */
export class OpenWork {
  readonly #instanceId: string;
  readonly #deps: EngineDeps;
  readonly #tell: Tell;
  /** Tasks that run or have run and are still open, by execution and id. */
  readonly #underWay = new Map<string, Scheduled | undefined>();

  constructor(instanceId: string, deps: EngineDeps, tell: Tell) {
    this.#instanceId = instanceId;
    this.#deps = deps;
    this.#tell = tell;
  }

  /** Starts what is open and not under way or over, and cancels the timers of what is not open any more. */
  align(state: OrchestrationState): void {
    if (this.#deps.stopping) return;
    const open = new Set<string>();
    const ours = state.inbox.filter(({ executionId }) => executionId === state.executionId);
    const over = new Set(ours.map(({ event }) => completedTaskId(event)));
    for (const [id, task] of Object.entries(state.open)) {
      const key = `${state.executionId}:${id}`;
      open.add(key);
      if (this.#underWay.has(key) || over.has(Number(id))) continue;
      this.#underWay.set(key, this.#begin(state, Number(id), task, key));
    }
    for (const [key, timer] of this.#underWay) {
      if (open.has(key)) continue;
      timer?.cancel();
      this.#underWay.delete(key);
    }
  }

  /** Cancels all timers. What runs goes on. */
  cancelTimers(): void {
    for (const timer of this.#underWay.values()) timer?.cancel();
  }

  #begin(state: OrchestrationState, id: number, task: OpenTask, key: string): Scheduled | undefined {
    if (task.type === "activity") this.#beginActivity(state, id, task.name);
    return "fireAt" in task ? this.#armTimer(state.executionId, id, task.fireAt, key) : undefined;
  }

  #beginActivity({ executionId, history }: OrchestrationState, id: number, name: string): void {
    const { Input } = scheduledEvent(history, id);
    const deps = this.#deps;
    deps.work.run(() =>
      deps.activities(async () => {
        if (deps.stopping) return; // it stays open, and runs after the restart
        const task = { id, name, input: Input ?? "[null]" };
        await this.#tell(executionId, await runActivity(this.#instanceId, task, deps));
      }),
    );
  }

  #armTimer(executionId: string, id: number, fireAt: number, key: string): Scheduled {
    const { clock } = this.#deps;
    return clock.schedule(fireAt, () => {
      const now = clock.now();
      if (now < fireAt) {
        this.#underWay.set(key, this.#armTimer(executionId, id, fireAt, key)); // machine timers may be a moment early
        return;
      }
      const FireAt = new Date(fireAt).toISOString();
      void this.#tell(executionId, eventAt(now, { EventType: EventType.TimerFired, TimerId: id, FireAt }));
    });
  }
}

/**
 * Runs an activity and returns the event that tells its end.
 *
 * @param input the input of its `TaskScheduled` event: a JSON array of what the orchestrator passed.
 */
async function runActivity(
  instanceId: string,
  task: { id: number; name: string; input: string },
  { invoke, clock, failureDetails, report }: EngineDeps,
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
