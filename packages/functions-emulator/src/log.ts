import type { LogLevel } from "./core-api.ts";

/** One line of log. */
export interface LogEntry {
  time: Date;
  level: LogLevel;
  /** `user`: the app's own; `system`: the `@azure/functions` library; `host`: this host; `customMetric`: a metric. */
  category: "user" | "system" | "customMetric" | "host";
  functionName?: string;
  invocationId?: string;
  message: string;
}

/** Where the lines go. */
export type LogSink = (entry: LogEntry) => void;

/** From all there is to nothing. */
export const logLevels = [
  "trace",
  "debug",
  "information",
  "warning",
  "error",
  "critical",
  "none",
] as const satisfies LogLevel[];

/** True when `level` is at least `minimum`. */
export function isAtLeast(level: LogLevel, minimum: LogLevel): boolean {
  return logLevels.indexOf(level) >= logLevels.indexOf(minimum);
}

/**
 * Writes lines of a minimum level to standard error, one line for each entry; of the library, which likes to talk about
 * itself, warnings at least.
 */
export function consoleLog(minimum: LogLevel = "information"): LogSink {
  return (entry) => {
    if (!isAtLeast(entry.level, minimum)) return;
    if (entry.category === "system" && !isAtLeast(entry.level, "warning")) return;
    const where = entry.functionName === undefined ? entry.category : `${entry.category} ${entry.functionName}`;
    process.stderr.write(`${entry.time.toISOString()} ${entry.level.padEnd(11)} [${where}] ${entry.message}\n`);
  };
}

/** The host's own voice. */
export type HostLog = (level: LogLevel, message: string, functionName?: string) => void;
