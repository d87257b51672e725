import { MemoryStore } from "functions-emulator/durable-store";
import type { LogEntry } from "functions-emulator/log";
import { z } from "zod";

/** What Durable Functions was asked to do and to keep. */
export interface DurableCounts {
  /** Executions of activities. */
  activities: number;
  /** Executions of orchestrators: each replays its history from the beginning. */
  episodes: number;
  /** Events that were written into histories. */
  historyEvents: number;
  /** What they come to as JSON, in bytes. */
  historyBytes: number;
  /** Events of the longest history. */
  longestHistory: number;
  /** Executions of the other functions, by name. */
  functions: Record<string, number>;
}

const stateSchema = z.object({ executionId: z.string(), status: z.string(), history: z.array(z.unknown()) });

const ORCHESTRATORS = new Set(["lane", "project"]);
const ACTIVITIES = new Set(["claim", "submit", "collect"]);

/** Keeps Durable's instances, as `MemoryStore` does, and counts what is written and what is executed. */
export class DurableCounter extends MemoryStore {
  readonly #seen = new Map<string, { executionId: string; events: number }>();
  #counts = nothing();

  /** Give it to the host as its log. */
  readonly log = ({ message, functionName = "" }: LogEntry): void => {
    if (!message.startsWith("Executing (")) return;
    if (ORCHESTRATORS.has(functionName)) this.#counts.episodes++;
    else if (ACTIVITIES.has(functionName)) this.#counts.activities++;
    else this.#counts.functions[functionName] = (this.#counts.functions[functionName] ?? 0) + 1;
  };

  override async save(instance: { instanceId: string; state: unknown }): Promise<void> {
    const { instanceId, state } = instance;
    const parsed = stateSchema.safeParse(state);
    if (parsed.success) {
      const { executionId, history } = parsed.data;
      const before = this.#seen.get(instanceId);
      const fresh = before?.executionId === executionId ? history.slice(before.events) : history;
      this.#seen.set(instanceId, { executionId, events: history.length });
      this.#counts.historyEvents += fresh.length;
      this.#counts.historyBytes += fresh.reduce<number>((sum, event) => sum + JSON.stringify(event).length, 0);
      this.#counts.longestHistory = Math.max(this.#counts.longestHistory, history.length);
    }
    await super.save(instance);
  }

  /** Orchestrations that have not ended. */
  async running(): Promise<number> {
    const states = (await this.load()).map(({ state }) => stateSchema.safeParse(state).data?.status);
    return states.filter((status) => status === "Pending" || status === "Running").length;
  }

  report(): DurableCounts {
    return structuredClone(this.#counts);
  }

  reset(): void {
    this.#counts = nothing();
  }
}

function nothing(): DurableCounts {
  return { activities: 0, episodes: 0, historyEvents: 0, historyBytes: 0, longestHistory: 0, functions: {} };
}
