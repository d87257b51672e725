import type { Clock } from "../clock.ts";
import type { DurableEngineOptions, InvokeDurable, Violation } from "./contract.ts";
import type { Limiter } from "./limiter.ts";
import type { Message } from "./state.ts";
import type { WorkCount } from "./work-count.ts";

/** What an orchestration instance or an entity needs of the engine around it. */
export interface Surroundings {
  readonly clock: Clock;
  readonly functions: DurableEngineOptions["functions"];
  readonly failureDetails: boolean;
  readonly replayCheck: boolean;
  readonly slowOrchestratorMilliseconds: number;
  readonly work: WorkCount;
  readonly activities: Limiter;
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
