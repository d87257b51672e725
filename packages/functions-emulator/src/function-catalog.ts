import type { AppSettings } from "./app-settings.ts";
import { parseInput, parseOutput, parseTrigger } from "./binding-options.ts";
import type { FunctionCallback, FunctionMetadata } from "./core-api.ts";
import type { AppRegistrations } from "./core-shim.ts";
import type { HostFunction } from "./host-function.ts";
import { type HostViolation, StartError } from "./violations.ts";

/**
 * Checks what an app registered and makes it ready to run: names, binding types, settings.
 *
 * @returns the functions in the order of their registration, without those that a setting disables
 *   (`AzureWebJobs.<name>.Disabled`).
 * @throws StartError for the first thing that would not run.
 */
export function catalogFunctions(
  registrations: AppRegistrations,
  settings: AppSettings,
  report: (violation: HostViolation) => void,
): HostFunction[] {
  const functions = [...registrations.functions.values()].map(({ metadata, callback }) =>
    toHostFunction(metadata, callback, settings),
  );
  refuseSameNames(functions.map(({ name }) => name));
  for (const { name, metadata, trigger } of functions) {
    if (metadata.retryOptions === undefined || trigger.kind === "timer") continue;
    const message = `Function "${name}" declares a retry policy, which Azure ignores for a ${trigger.kind} trigger.`;
    report({ code: "retry-ignored", functionName: name, message });
  }
  return functions.filter(({ name }) => {
    const disabled = settings.get(`AzureWebJobs.${name}.Disabled`) ?? settings.get(`AzureWebJobs__${name}__Disabled`);
    return disabled === undefined || !/^(true|1)$/i.test(disabled);
  });
}

function refuseSameNames(names: string[]): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined) {
      throw new StartError(`Functions "${other}" and "${name}" differ only in case; Azure takes them for one.`);
    }
    seen.set(name.toLowerCase(), name);
  }
}

function toHostFunction(metadata: FunctionMetadata, callback: FunctionCallback, settings: AppSettings): HostFunction {
  const { name } = metadata;
  if (!/^[a-z][\w-]{0,127}$/i.test(name) || name.toLowerCase() === "host") {
    throw new StartError(
      `"${name}" is not a function name: a letter, then up to 127 letters, digits, underscores and hyphens.`,
    );
  }
  const bindings = Object.entries(metadata.bindings);
  const triggers = bindings.filter(([, { type }]) => /trigger$/i.test(type));
  const [first] = triggers;
  if (first === undefined || triggers.length > 1) {
    throw new StartError(`Function "${name}" has ${triggers.length} triggers; a function has exactly one.`);
  }
  const [triggerBinding, info] = first;
  const trigger = parseTrigger(info, metadata, settings);
  const others = bindings.filter((each) => each !== first);
  const inputs = others.filter(([, { direction }]) => direction === "in");
  const outputs = others.filter(([, { direction }]) => direction !== "in");
  return {
    name,
    id: `Host.Functions.${name}`,
    metadata: { ...metadata, functionId: metadata.functionId ?? name },
    callback,
    triggerBinding,
    trigger,
    clientBindings: inputs.map(([binding, { type }]) => parseInput(binding, type, name)),
    outputs: outputs.map((output) => parseOutput(output, trigger, name, settings)),
  };
}
