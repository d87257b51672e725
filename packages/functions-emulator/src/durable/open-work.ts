import type { Scheduled } from "../clock.ts";
import { completedTaskId, EventType, eventAt, type HistoryEvent } from "./history.ts";
import { scheduledEvent } from "./receive-events.ts";
import { runActivity } from "./run-activity.ts";
import type { OpenTask, OrchestrationState } from "./state.ts";
import type { Surroundings } from "./surroundings.ts";

/** Tells an execution that one of its tasks has ended. */
type Tell = (executionId: string, event: HistoryEvent) => Promise<void>;

/** Brings what really runs, activities and timers, in line with the open tasks of an instance. */
export class OpenWork {
  readonly #instanceId: string;
  readonly #surroundings: Surroundings;
  readonly #tell: Tell;
  /** Tasks that run or have run and are still open, by execution and id. */
  readonly #underWay = new Map<string, Scheduled | undefined>();

  constructor(instanceId: string, surroundings: Surroundings, tell: Tell) {
    this.#instanceId = instanceId;
    this.#surroundings = surroundings;
    this.#tell = tell;
  }

  /** Starts what is open and not under way or over, and cancels the timers of what is not open any more. */
  align(state: OrchestrationState): void {
    if (this.#surroundings.stopping) return;
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
    const surroundings = this.#surroundings;
    surroundings.work.run(() =>
      surroundings.activities.run(async () => {
        if (surroundings.stopping) return; // it stays open, and runs after the restart
        const task = { id, name, input: Input ?? "[null]" };
        await this.#tell(executionId, await runActivity(this.#instanceId, task, surroundings));
      }),
    );
  }

  #armTimer(executionId: string, id: number, fireAt: number, key: string): Scheduled {
    const { clock } = this.#surroundings;
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
