import type { Clock } from "./clock.ts";
import type { DurableEngineOptions, DurableStore } from "./durable/contract.ts";
import type { HostKeys } from "./http/keys.ts";
import type { LogSink } from "./log.ts";
import type { TelemetrySink } from "./telemetry.ts";

export interface HostOptions {
  /** The app: the directory with its package.json and host.json, already built. */
  appDirectory: string;
  /** The app settings, which become the app's environment; `AzureWebJobsStorage` is a connection string. */
  settings: Record<string, string>;
  /** Default 0: any free port. */
  port?: number;
  /** Time for timer triggers, Durable timers and time stamps. Storage keeps its own. Default: the machine's. */
  clock?: Clock;
  /** Where orchestrations live. Default: in memory, or in `dataDirectory` if that is given. */
  durableStore?: DurableStore;
  /** A directory for orchestrations that outlive the process. */
  dataDirectory?: string;
  /** Between two scans of a container, in seconds. Default 1. */
  scanIntervalSeconds?: number;
  /** The longest wait between two looks into an empty queue, in seconds; host.json may ask for less. Default 1. */
  pollIntervalSeconds?: number;
  /** How soon a message comes back that a killed host was working on, in whole seconds. Default 15; Azure: 600. */
  messageLockSeconds?: number;
  /** Keys that requests must show, as in Azure. Default: every request is let in. */
  keys?: HostKeys;
  /** Takes what Azure would send to Application Insights; telemetryBytes says how much that is. Default: nobody. */
  telemetry?: TelemetrySink;
  /** Default: lines from `information` up on standard error. */
  log?: LogSink;
  /**
   * What Azure would punish fails: at start `startHost` rejects; later `idle()` and `stop()` reject with everything that
   * was seen. Default false: it is logged and collected in `host.violations`.
   */
  strict?: boolean;
  /** Switches of the durable engine. */
  durable?: Pick<
    DurableEngineOptions,
    "failureDetails" | "replayCheck" | "maxConcurrentActivities" | "slowOrchestratorMilliseconds"
  >;
}
