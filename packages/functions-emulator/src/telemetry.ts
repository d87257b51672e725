import type { LogLevel } from "./core-api.ts";
import { isAtLeast } from "./log.ts";

/** One thing that Azure's host sends to Application Insights. */
export interface TelemetryItem {
  kind: "trace" | "request" | "dependency";
  /** What host.json's `logLevel` goes by: `Function.<name>`, `Function.<name>.User`, `Host.Results`, … */
  category: string;
  level: LogLevel;
  message: string;
}

/** Where telemetry goes. */
export type TelemetrySink = (item: TelemetryItem) => void;

/** What one invocation is, for its telemetry. */
export interface Invocation {
  functionName: string;
  invocationId: string;
  /** Why it runs, in the host's words. */
  reason: string;
  /** Bindings that the host opens for it, each of which is a dependency. */
  bindings: number;
  /** The trigger has something to tell (a blob's name, a message's id). */
  hasDetails: boolean;
}

/**
 * The telemetry of invocations, as the real host sends it (counted on a host 4.1037: three traces, a request and a
 * dependency for each binding), let through by host.json's `logLevel`.
 */
export class Telemetry {
  readonly #levels: ReadonlyMap<string, LogLevel>;
  readonly #sink: TelemetrySink;

  /** @param levels host.json's `logging.logLevel`. */
  constructor(levels: Readonly<Record<string, LogLevel>>, sink: TelemetrySink) {
    this.#levels = new Map(Object.entries(levels).map(([category, level]) => [category.toLowerCase(), level]));
    this.#sink = sink;
  }

  begun({ functionName, invocationId, reason, bindings, hasDetails }: Invocation): void {
    const category = `Function.${functionName}`;
    this.#trace(
      category,
      "information",
      `Executing 'Functions.${functionName}' (Reason='${reason}', Id=${invocationId})`,
    );
    if (hasDetails) {
      this.#trace(
        category,
        "information",
        `Trigger Details: MessageId: ${invocationId}, DequeueCount: 1, InsertedOn: …`,
      );
    }
    for (let binding = 0; binding < bindings; binding++) {
      this.#send({ kind: "dependency", category: "Host.Bindings", level: "information", message: functionName });
    }
  }

  ended({ functionName, invocationId }: Invocation, milliseconds: number, failed: boolean): void {
    const [level, outcome] = failed ? (["error", "Failed"] as const) : (["information", "Succeeded"] as const);
    const message = `Executed 'Functions.${functionName}' (${outcome}, Id=${invocationId}, Duration=${Math.round(milliseconds)}ms)`;
    this.#trace(`Function.${functionName}`, level, message);
    this.#send({ kind: "request", category: "Host.Results", level, message: functionName });
  }

  /** A step of a durable function: scheduled, started, awaited, completed. */
  durable(functionName: string, state: string): void {
    this.#trace("Host.Triggers.DurableTask", "information", `Function '${functionName}' ${state}.`);
  }

  /** A line that the app wrote. */
  line(functionName: string, level: LogLevel, message: string): void {
    this.#trace(`Function.${functionName}.User`, level, message);
  }

  #trace(category: string, level: LogLevel, message: string): void {
    this.#send({ kind: "trace", category, level, message });
  }

  #send(item: TelemetryItem): void {
    if (isAtLeast(item.level, this.#levelOf(item.category.toLowerCase()))) this.#sink(item);
  }

  /** The longest name that the category begins with, as .NET selects its rules. */
  #levelOf(category: string): LogLevel {
    const names = [...this.#levels.keys()].filter((name) => category.startsWith(name));
    const best = names.reduce((longest, name) => (name.length > longest.length ? name : longest), "");
    return this.#levels.get(best === "" ? "default" : best) ?? "information";
  }
}

/**
 * How many bytes an item is taken in with: what it says, and the envelope that goes with every one (operation, role,
 * invocation, category, the parts of the message once more), about a kilobyte on a host 4.1037.
 */
export function telemetryBytes({ kind, message }: TelemetryItem): number {
  const envelope = { trace: 850, request: 1_300, dependency: 900 }[kind];
  return envelope + Buffer.byteLength(message);
}
