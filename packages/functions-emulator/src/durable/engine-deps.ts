import type { LimitFunction } from "p-limit";
import type { Clock } from "../clock.ts";
import type { DurableEngineOptions, InvokeDurable, Violation } from "./contract.ts";
import type { Message } from "./state.ts";

/** What an orchestration instance or an entity needs of the engine around it. */
export interface EngineDeps {
  readonly clock: Clock;
  readonly functions: DurableEngineOptions["functions"];
  readonly failureDetails: boolean;
  readonly replayCheck: boolean;
  readonly slowOrchestratorMilliseconds: number;
  /** Milliseconds. */
  readonly workItemVisibilityTimeout: number;
  readonly work: WorkCount;
  readonly activities: LimitFunction;
  /** True once the engine is being stopped: what is not running does not begin. */
  readonly stopping: boolean;
  /** Invokes a function; never rejects. */
  readonly invoke: InvokeDurable;
  save(instanceId: string, state: unknown): Promise<void>;
  remove(instanceId: string): Promise<void>;
  /** Hands a message to its receiver; resolves when that has saved it, or has no use for it. */
  deliver(message: Message): Promise<void>;
  report(violation: Violation): void;
  log: DurableEngineOptions["log"];
}

/** Counts what runs, so that one can wait until nothing does. */
export class WorkCount {
  #running = 0;
  #waiting: (() => void)[] = [];

  /** Runs a job that must not fail. Work that it starts before it ends is counted without a gap. */
  run(job: () => Promise<void>): void {
    this.#running++;
    void job().finally(() => {
      this.#running--;
      if (this.#running === 0) for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  async idle(): Promise<void> {
    while (this.#running > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
