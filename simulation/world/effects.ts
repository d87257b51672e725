import { RestError } from "@azure/storage-blob";
import { fraction } from "../engine/random.ts";
import type { Scheduler } from "../engine/scheduler.ts";
import type { Gate, StorageOperation } from "../storage/storage.ts";
import { type FaultBook, isAbout } from "./fault-book.ts";
import type { SimProcess } from "./sim-process.ts";

export interface EffectParts {
  seed: number;
  start: number;
  scheduler: Scheduler;
  faults: FaultBook;
  kill: (process: SimProcess, why: string) => void;
  /** An operation failed, and the app learns of it. */
  failed: () => void;
  /** How often each kind of operation was done. */
  count: (operation: StorageOperation) => void;
  trace: (line: () => string) => void;
}

/** Pauses of the SDK between the tries of one operation, milliseconds: 0, 1 and 3 seconds. */
const RETRY_PAUSES = [0, 1_000, 3_000];
/** A reading, in milliseconds; what is asked takes between the two. */
const LATENCY = { from: 2, to: 25 };

/** How a process reaches storage and Durable Functions: with latencies, and with whatever goes wrong on the way. */
export function gateOf(process: SimProcess, parts: EffectParts): Gate {
  const { seed, start, scheduler, faults, kill, failed, count, trace } = parts;
  let asked = 0;
  const latency = (key: string): number => {
    const part = fraction(seed, `${process.name} ${++asked} ${key}`);
    return LATENCY.from + (LATENCY.to - LATENCY.from) * part * part * part;
  };

  return (operation, apply) =>
    new Promise((resolve, reject) => {
      const { kind, place, name } = operation;
      const attempt = (tries: number): void => {
        if (process.dead) return;
        const since = scheduler.now - start;
        const slow = faults.take("slowStorage", since, ({ filter }) => isAbout(filter, operation));
        scheduler.after(latency(`${kind} ${place}`) + (slow?.seconds ?? 0) * 1000, () => arrive(tries), process);
      };
      const arrive = (tries: number): void => {
        const since = scheduler.now - start;
        const about = () => `${process.name} ${kind} ${place}/${name}`;
        const crash = faults.take("crash", since, ({ filter }) => isAbout(filter, operation));
        if (crash?.moment === "before") {
          kill(process, `before ${kind} ${place}/${name}`);
          return;
        }
        const isOut = place !== "durable" && faults.lasting("storageOutage", since);
        const fault = isOut ? undefined : faults.take("storage", since, ({ filter }) => isAbout(filter, operation));
        const outcome = isOut || fault?.moment === "before" ? undefined : attempted(apply);
        if (outcome !== undefined) count(operation);
        if (crash?.moment === "after") {
          kill(process, `after ${kind} ${place}/${name}`);
          return;
        }
        if (isOut || fault !== undefined) {
          trace(() => `${about()} ${outcome === undefined ? "failed" : "done, its answer lost"}`);
          const pause = place === "durable" ? undefined : RETRY_PAUSES[tries - 1];
          if (pause === undefined) {
            failed();
            reject(new RestError("storage did not answer", { code: "ECONNRESET" }));
          } else scheduler.after(pause, () => attempt(tries + 1), process);
          return;
        }
        if (outcome === undefined) return;
        if ("error" in outcome) {
          trace(() => `${about()}: ${String(outcome.error)}`);
          reject(outcome.error);
        } else {
          trace(about);
          resolve(outcome.value);
        }
      };
      attempt(1);
    });
}

function attempted<T>(apply: () => T): { value: T } | { error: unknown } {
  try {
    return { value: apply() };
  } catch (error) {
    return { error };
  }
}
