import type { HostFunction, Trigger } from "./host-function.ts";
import { type InvocationInput, type InvocationResult, type Invoker, newInvocationId } from "./invoker.ts";
import type { HostLog } from "./log.ts";
import type { OutputWriter } from "./outputs.ts";
import type { Invocation, Telemetry } from "./telemetry.ts";
import type { HostViolation } from "./violations.ts";

export interface FunctionRunnerOptions {
  invoker: Invoker;
  outputs: OutputWriter;
  /** The value of a durableClient binding. */
  clientBinding: () => string;
  /** Milliseconds after which Azure ends an invocation; `Infinity` for none. */
  functionTimeout: number;
  telemetry: Telemetry;
  log: HostLog;
  report: (violation: HostViolation) => void;
}

/** Runs functions with their inputs and outputs, and knows what is running. */
export class FunctionRunner {
  readonly #options: FunctionRunnerOptions;
  readonly #running = new Set<Promise<unknown>>();
  #started = 0;

  constructor(options: FunctionRunnerOptions) {
    this.#options = options;
  }

  /** How many invocations have begun so far. */
  get started(): number {
    return this.#started;
  }

  /**
   * Runs a function and writes its outputs. An output that cannot be written fails the invocation, as in Azure.
   *
   * @throws what the handler throws; it has been logged then.
   */
  run(target: HostFunction, input: InvocationInput, values: Record<string, unknown> = {}): Promise<InvocationResult> {
    this.#started++;
    const running = this.#run(target, input, values);
    const settled = running.catch(() => {}).finally(() => this.#running.delete(settled));
    this.#running.add(settled);
    return running;
  }

  /** Resolves when nothing is running. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #run(target: HostFunction, input: InvocationInput, values: Record<string, unknown>): Promise<InvocationResult> {
    const { invoker, outputs, clientBinding, telemetry, log } = this.#options;
    const invocationId = newInvocationId();
    const clients = Object.fromEntries(target.clientBindings.map((name) => [name, { string: clientBinding() }]));
    const begun = performance.now();
    const { kind } = target.trigger;
    const invocation: Invocation = {
      functionName: target.name,
      invocationId,
      reason: reasons[kind],
      bindings: target.clientBindings.length + (kind === "blob" ? 1 : 0),
      hasDetails: kind === "blob" || kind === "queue",
    };
    telemetry.begun(invocation);
    let failed = true;
    log("debug", `Executing (Id=${invocationId})`, target.name);
    try {
      const result = await invoker.invoke(target, { ...input, inputs: { ...clients, ...input.inputs } }, invocationId);
      await outputs.write(target, result.response, values);
      failed = false;
      log("debug", `Executed (Succeeded, Id=${invocationId}, Duration=${elapsed(begun)}ms)`, target.name);
      return result;
    } catch (error) {
      if (!isDurable(target)) {
        log(
          "error",
          `Executed (Failed, Id=${invocationId}, Duration=${elapsed(begun)}ms): ${describe(error)}`,
          target.name,
        );
      }
      throw error;
    } finally {
      const took = performance.now() - begun;
      telemetry.ended(invocation, took, failed);
      this.#checkDuration(target, took);
    }
  }

  #checkDuration(target: HostFunction, duration: number): void {
    const { functionTimeout, report } = this.#options;
    const limit = target.trigger.kind === "http" ? Math.min(functionTimeout, httpTimeout) : functionTimeout;
    if (duration <= limit) return;
    report({
      code: "function-timeout",
      functionName: target.name,
      message: `Function "${target.name}" ran for ${Math.round(duration / 1000)} s; Azure ends it after ${limit / 1000} s.`,
    });
  }
}

/** Why a function runs, in the host's words. */
const reasons: Record<Trigger["kind"], string> = {
  http: "This function was programmatically called via the host APIs.",
  blob: "New blob detected(EventGrid): documents/a-name-of-usual-length.txt",
  queue: "New queue message detected on 'a-queue-of-usual-length'.",
  timer: "Timer fired at 2026-01-01T00:00:00.0000000+00:00",
  orchestration: "(null)",
  activity: "(null)",
  entity: "(null)",
};

/** The load balancer in front of a function app gives up an HTTP request after 230 s (functions-scale in the docs). */
const httpTimeout = 230_000;

/** The durable engine tells what came of these; a failing activity may well be retried. */
function isDurable(target: HostFunction): boolean {
  return ["orchestration", "activity", "entity"].includes(target.trigger.kind);
}

function elapsed(begun: number): number {
  return Math.round(performance.now() - begun);
}

/** An error in a few words; its stack only where nothing else says what happened. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message === "" ? (error.stack ?? error.name) : error.message;
}
