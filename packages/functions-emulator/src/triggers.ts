import { BlobTriggers } from "./blobs/blob-trigger.ts";
import type { Clock } from "./clock.ts";
import type { FunctionRunner } from "./function-runner.ts";
import { type HostFunction, hasTrigger } from "./host-function.ts";
import type { HostSettings } from "./host-json.ts";
import type { HostLog } from "./log.ts";
import { QueueListener } from "./queues/queue-listener.ts";
import { poisonQueueName, runQueueFunction } from "./queues/queue-trigger.ts";
import type { StorageClients } from "./storage.ts";
import { ScheduleMonitor } from "./timers/schedule-status.ts";
import { TimerListener } from "./timers/timer-trigger.ts";
import type { HostViolation } from "./violations.ts";

export interface TriggersOptions {
  functions: HostFunction[];
  runner: FunctionRunner;
  storage: StorageClients;
  /** The connection string of `AzureWebJobsStorage`. */
  hostStorage: string;
  hostId: string;
  settings: HostSettings;
  clock: Clock;
  /** Milliseconds. */
  scanInterval: number;
  /** Milliseconds. */
  longestWait: number;
  lockSeconds: number;
  log: HostLog;
  report: (violation: HostViolation) => void;
}

/** What makes functions run by itself. */
export interface Triggers {
  blobs: BlobTriggers;
  queues: QueueListener[];
  timers: Map<HostFunction, TimerListener>;
}

/** Makes the listeners of an app's blob, queue and timer functions; they are not started. */
export function createTriggers(options: TriggersOptions): Triggers {
  const { functions, runner, storage, hostStorage, hostId, clock, log } = options;
  const timers = functions.filter((each) => hasTrigger(each, "timer"));
  return {
    blobs: new BlobTriggers({ ...options, functions: functions.filter((each) => hasTrigger(each, "blob")) }),
    queues: functions.filter((each) => hasTrigger(each, "queue")).map((target) => queueListener(target, options)),
    timers: new Map<HostFunction, TimerListener>(
      timers.map((target) => {
        const monitor = new ScheduleMonitor(storage.blobs(hostStorage), hostId, target.id);
        return [target, new TimerListener({ target, runner, clock, monitor, log })];
      }),
    ),
  };
}

function queueListener(
  target: HostFunction & { trigger: { kind: "queue"; queueName: string; connection: string } },
  { storage, settings, runner, longestWait, lockSeconds, log, report }: TriggersOptions,
): QueueListener {
  const { queueName, connection } = target.trigger;
  const queues = storage.queues(connection);
  const poisonName = poisonQueueName(queueName);
  return new QueueListener({
    queue: queues.getQueueClient(queueName),
    settings: settings.queues,
    handle: async (message) => void (await runQueueFunction(runner, target, message)),
    poisonQueue: poisonName === undefined ? undefined : () => queues.getQueueClient(poisonName),
    lockSeconds,
    longestWait: Math.min(longestWait, settings.queues.maxPollingInterval),
    onUndecodable: (messageId) =>
      report({
        code: "message-encoding",
        functionName: target.name,
        message:
          `Message ${messageId} of queue ${queueName} is not base64, which host.json's messageEncoding asks for; ` +
          "Azure moves it to the poison queue without running the function.",
      }),
    log,
  });
}
