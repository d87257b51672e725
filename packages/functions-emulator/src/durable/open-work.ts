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
    if (task.type === "activity") {
      if (task.lockedUntil === undefined) return this.#beginActivity(state, id, task);
      // by a host that was killed: we ourselves have none under way
      return this.#onceAt(task.lockedUntil, key, () => this.#beginActivity(state, id, task));
    }
    return "fireAt" in task ? this.#armTimer(state.executionId, id, task.fireAt, key) : undefined;
  }

  #beginActivity(state: OrchestrationState, id: number, task: OpenTask & { type: "activity" }): undefined {
    const { executionId } = state;
    const { Input } = scheduledEvent(state.history, id);
    const deps = this.#deps;
    deps.work.run(() =>
      deps.activities(async () => {
        if (deps.stopping) return; // it stays open, and runs after the restart
        const release = await this.#lock(state, task);
        const ended = await runActivity(this.#instanceId, { id, name: task.name, input: Input ?? "[null]" }, deps);
        release();
        await this.#tell(executionId, ended);
      }),
    );
  }

  /** Locks an activity as long as it runs. The lock outlives this process. Returns what ends the renewals. */
  async #lock(state: OrchestrationState, task: OpenTask & { type: "activity" }): Promise<() => void> {
    const { clock, workItemVisibilityTimeout, save, log } = this.#deps;
    let next: Scheduled | undefined;
    const renew = async (): Promise<void> => {
      const now = clock.now();
      task.lockedUntil = now + workItemVisibilityTimeout;
      next = clock.schedule(now + workItemVisibilityTimeout / 2, () => void renew());
      await save(this.#instanceId, state).catch((error: unknown) =>
        log("warning", `The lock of activity "${task.name}" of "${this.#instanceId}" was not stored: ${error}`),
      );
    };
    await renew();
    return () => next?.cancel();
  }

  #armTimer(executionId: string, id: number, fireAt: number, key: string): Scheduled {
    const { clock } = this.#deps;
    return this.#onceAt(visibleAt(clock.now(), fireAt), key, () => {
      const now = clock.now();
      const FireAt = new Date(fireAt).toISOString();
      void this.#tell(executionId, eventAt(now, { EventType: EventType.TimerFired, TimerId: id, FireAt }));
    });
  }

  /** Machine timers may be a moment early. */
  #onceAt(time: number, key: string, action: () => void): Scheduled {
    const { clock } = this.#deps;
    return clock.schedule(time, () => {
      if (clock.now() < time) this.#underWay.set(key, this.#onceAt(time, key, action));
      else action();
    });
  }
}

/** How long a queue message takes that is to come at once, in milliseconds. */
const messageTakes = 70;

/**
 * When a timer that is set at `now` fires. It is a message on a storage queue that stays hidden until it is due, and the
 * client sends the delay as whole seconds, cut: it comes up to a second early.
 */
function visibleAt(now: number, fireAt: number): number {
  const delay = Math.max(0, fireAt - now);
  const hidden = Math.floor(delay / 1000) * 1000;
  return now + (hidden === 0 ? Math.min(delay, messageTakes) : hidden);
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
