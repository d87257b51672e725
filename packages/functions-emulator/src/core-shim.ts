import { registerHooks } from "node:module";
import type {
  FunctionCallback,
  FunctionMetadata,
  HookCallback,
  HookContext,
  HookData,
  HookName,
  LogCategory,
  LogLevel,
  ProgrammingModel,
} from "./core-api.ts";

/** What an app has registered through `@azure/functions`. */
export class AppRegistrations {
  readonly functions = new Map<string, { metadata: FunctionMetadata; callback: FunctionCallback }>();
  readonly appHookData: HookData = {};
  readonly #hooks = new Map<HookName, Set<HookCallback>>(hookNames.map((name) => [name, new Set()]));
  /** From here on a registration throws, as it does in Azure after start-up. */
  locked = false;

  hooks(name: HookName): HookCallback[] {
    return [...(this.#hooks.get(name) ?? [])];
  }

  addHook(name: string, callback: HookCallback): Disposable {
    const callbacks = this.#hooks.get(name as HookName);
    if (callbacks === undefined) throw systemError(new RangeError(`Unrecognized hook "${name}"`));
    callbacks.add(callback);
    return new Disposable(() => callbacks.delete(callback));
  }

  /** Runs the hooks of a name in the order of their registration; the first error ends it. */
  async runHooks(name: HookName, context: HookContext): Promise<void> {
    for (const hook of this.hooks(name)) await hook(context);
  }

  /** Shows a line to the log hooks, which may change the app's own lines and not those of the library. */
  runLogHooks(
    level: LogLevel,
    category: LogCategory,
    message: string,
    invocationContext?: unknown,
  ): { level: LogLevel; message: string } {
    const context = { hookData: {}, appHookData: this.appHookData, level, category, message, invocationContext };
    for (const hook of this.hooks("log")) hook(context);
    return category === "user" ? { level: context.level, message: context.message } : { level, message };
  }

  addFunction(metadata: FunctionMetadata, callback: FunctionCallback): Disposable {
    if (this.locked) throw systemError(new Error("A function can only be registered during app startup."));
    const id = metadata.functionId ?? metadata.name;
    if (this.functions.has(id)) {
      throw systemError(new Error(`A function with id "${id}" has already been registered.`));
    }
    this.functions.set(id, { metadata, callback });
    return new Disposable(() => {
      if (this.locked) throw systemError(new Error("A function can only be disposed during app startup."));
      this.functions.delete(id);
    });
  }
}

const hookNames: HookName[] = ["preInvocation", "postInvocation", "appStart", "appTerminate", "log"];

class Disposable {
  readonly #dispose: () => unknown;

  constructor(dispose: () => unknown) {
    this.#dispose = dispose;
  }

  static from(...disposables: { dispose(): unknown }[]): Disposable {
    return new Disposable(() => disposables.map((each) => each.dispose()));
  }

  dispose(): unknown {
    return this.#dispose();
  }
}

/** Marks an error as the runtime's own, which is how the library tells it from an app's error. */
function systemError<E extends Error>(error: E): E & { isAzureFunctionsSystemError: true } {
  return Object.assign(error, { isAzureFunctionsSystemError: true } as const);
}

/** Where the module's calls go at the moment. */
interface CoreTarget {
  registrations: AppRegistrations;
  /** What the library itself has to say, outside an invocation. */
  log(level: LogLevel, category: LogCategory, message: string): void;
}

const key = Symbol.for("embedded-functions-host.core");

/**
 * The module `@azure/functions-core`, which only the worker of the real host can give. One for the whole process and
 * kept on `globalThis`, because the library asks for it once, on its first use, and remembers the answer.
 */
interface CoreModule {
  target: CoreTarget | undefined;
  model: ProgrammingModel | undefined;
}

/**
 * Makes `require("@azure/functions-core")` work in this process; harmless when repeated. To be called before anything
 * imports `@azure/functions`, which otherwise falls back to a mode in which registrations do nothing.
 *
 * @returns the module, whose `target` decides which app its calls belong to.
 */
export function installCore(): CoreModule {
  const holder = globalThis as { [key]?: CoreModule };
  if (holder[key] !== undefined) return holder[key];

  const core = {
    target: undefined as CoreTarget | undefined,
    model: undefined as ProgrammingModel | undefined,
    version: "3.13.0", // of the worker and the host that are imitated
    hostVersion: "4.1047.0",
    Disposable,
    registerFunction: (metadata: FunctionMetadata, callback: FunctionCallback) =>
      target().registrations.addFunction(metadata, callback),
    registerHook: (name: string, callback: HookCallback) => target().registrations.addHook(name, callback),
    setProgrammingModel: (model: ProgrammingModel) => {
      if (core.model !== undefined) {
        throw systemError(
          new Error("A second copy of @azure/functions was loaded; `npm ls @azure/functions` shows who brings it."),
        );
      }
      core.model = model;
    },
    getProgrammingModel: () => core.model,
    log: (level: LogLevel, category: LogCategory, message: string) => core.target?.log(level, category, message),
  };
  const target = (): CoreTarget => {
    if (core.target === undefined) throw systemError(new Error("No Functions host is running in this process."));
    return core.target;
  };
  holder[key] = core;

  const url = new URL("./functions-core.cjs", import.meta.url).href;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === "@azure/functions-core"
        ? { url, format: "commonjs", shortCircuit: true }
        : next(specifier, context),
  });
  return core;
}
