import { randomBytes, randomUUID } from "node:crypto";
import type {
  CoreInvocationContext,
  FunctionCallback,
  HookData,
  InvocationResponse,
  LogCategory,
  LogLevel,
  RetryContext,
  TypedData,
} from "./core-api.ts";
import type { HostFunction } from "./host-function.ts";
import type { LoadedApp } from "./loader.ts";
import type { LogEntry, LogSink } from "./log.ts";

/** What a trigger hands to a function. */
export interface InvocationInput {
  /** The trigger's value. */
  trigger: TypedData;
  /** The other inputs, by name of their binding. */
  inputs?: Record<string, TypedData>;
  metadata?: Record<string, TypedData>;
  retry?: RetryContext;
}

export interface InvocationResult {
  /** What the handler returned, by identity. */
  value: unknown;
  response: InvocationResponse;
}

/** Runs a function exactly as the worker does (`InvocationHandler.ts` in its repository). */
export class Invoker {
  readonly #app: LoadedApp;
  readonly #write: LogSink;
  readonly #now: () => number;

  constructor(app: LoadedApp, write: LogSink, now: () => number) {
    this.#app = app;
    this.#write = write;
    this.#now = now;
  }

  /**
   * Arguments, preInvocation hooks (which may replace inputs and handler), handler, postInvocation hooks (which may
   * replace result and error), response.
   *
   * @throws whatever the handler or a hook throws.
   */
  async invoke(target: HostFunction, input: InvocationInput, invocationId: string): Promise<InvocationResult> {
    const { registrations, model } = this.#app;
    let invocationContext: unknown;
    const core: CoreInvocationContext = {
      invocationId,
      request: {
        invocationId,
        functionId: target.metadata.functionId,
        inputData: [
          { name: target.triggerBinding, data: input.trigger },
          ...Object.entries(input.inputs ?? {}).map(([name, data]) => ({ name, data })),
        ],
        triggerMetadata: input.metadata ?? {},
        traceContext: { traceParent: newTraceParent(), traceState: "", attributes: {} },
        ...(input.retry && { retryContext: input.retry }),
      },
      metadata: target.metadata,
      state: undefined,
      log: (level, category, message) =>
        this.#log([level, category, message], { functionName: target.name, invocationId }, invocationContext),
    };
    const invocation = await model.getInvocationModel(core);
    const { context, inputs } = await invocation.getArguments();
    invocationContext = context;

    const hookData: HookData = {};
    const { appHookData } = registrations;
    const before = { hookData, appHookData, invocationContext: context, functionCallback: target.callback, inputs };
    core.state = "preInvocationHooks";
    await registrations.runHooks("preInvocation", before);
    const { inputs: givenInputs, functionCallback } = before as {
      inputs: unknown[];
      functionCallback: FunctionCallback;
    };

    const after: AfterHandler = { hookData, appHookData, invocationContext: context, inputs: givenInputs };
    core.state = "invocation";
    try {
      after.result = await invocation.invokeFunction(context, givenInputs, functionCallback);
    } catch (error) {
      after.error = error ?? new Error(`Function "${target.name}" threw ${error}.`);
    }
    core.state = "postInvocationHooks";
    await registrations.runHooks("postInvocation", after);
    core.state = undefined;
    if (after.error !== undefined && after.error !== null) throw after.error;
    return { value: after.result, response: await invocation.getResponse(context, after.result) };
  }

  #log(
    line: readonly [level: LogLevel, category: LogCategory, message: string],
    about: Pick<LogEntry, "functionName" | "invocationId">,
    invocationContext: unknown,
  ): void {
    const { registrations } = this.#app;
    const changed = registrations.runLogHooks(...line, invocationContext);
    const entry: LogEntry = { time: new Date(this.#now()), category: line[1], ...about, ...changed };
    this.#write(entry);
  }
}

interface AfterHandler {
  hookData: HookData;
  appHookData: HookData;
  invocationContext: unknown;
  inputs: unknown[];
  result?: unknown;
  error?: unknown;
  [member: string]: unknown;
}

/** A fresh invocation id. */
export function newInvocationId(): string {
  return randomUUID();
}

function newTraceParent(): string {
  return `00-${randomBytes(16).toString("hex")}-${randomBytes(8).toString("hex")}-00`;
}
