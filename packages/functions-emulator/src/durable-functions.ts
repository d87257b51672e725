import type { DurableEngineOptions, InvokeDurable } from "./durable/contract.ts";
import type { FunctionRunner } from "./function-runner.ts";
import type { HostFunction } from "./host-function.ts";
import type { Telemetry } from "./telemetry.ts";

const kinds = ["orchestration", "activity", "entity"] as const;

/** The durable functions among an app's functions, as the durable engine wants to know them. */
export function durableFunctionNames(functions: HostFunction[]): DurableEngineOptions["functions"] {
  const [orchestrations, activities, entities] = kinds.map(
    (kind) => new Set(functions.filter(({ trigger }) => trigger.kind === kind).map(({ name }) => name.toLowerCase())),
  );
  return {
    orchestrations: orchestrations ?? new Set(),
    activities: activities ?? new Set(),
    entities: entities ?? new Set(),
  };
}

/** Runs durable functions for the engine; their names ignore case, because the library sends entity names lower-cased. */
export function durableInvoker(functions: HostFunction[], runner: FunctionRunner, telemetry: Telemetry): InvokeDurable {
  const targets = new Map(functions.map((each) => [`${each.trigger.kind} ${each.name.toLowerCase()}`, each]));
  return async (kind, name, triggerData) => {
    const target = targets.get(`${kind} ${name.toLowerCase()}`);
    if (target === undefined) return { error: new Error(`There is no ${kind} function "${name}".`) };
    const shown = `${name} (${kind === "orchestration" ? "Orchestrator" : kind})`;
    if (kind === "activity") telemetry.durable(shown, "scheduled");
    telemetry.durable(shown, "started");
    try {
      const { value } = await runner.run(target, { trigger: triggerData === undefined ? {} : { string: triggerData } });
      return { value };
    } catch (error) {
      return { error };
    } finally {
      telemetry.durable(shown, kind === "orchestration" ? "awaited" : "completed");
    }
  };
}
