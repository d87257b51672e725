import { createRequire, syncBuiltinESMExports } from "node:module";
import { Random } from "./random.ts";
import type { Owner, Scheduled, Scheduler } from "./scheduler.ts";

const require = createRequire(import.meta.url);
const RealDate = Date;
const real = { setTimeout, clearTimeout, setInterval, clearInterval, timeout: AbortSignal.timeout };

let scheduler: Scheduler | undefined;
let noise = new Random(0, "noise");

/** Lets all code of this thread live in the time of a scheduler, with identifiers that follow from the seed. */
export function enterVirtualTime(of: Scheduler, seed: number): void {
  scheduler = of;
  noise = new Random(seed, "identifiers");
}

export function leaveVirtualTime(): void {
  scheduler = undefined;
}

/** A virtual timer, as far as code looks at one. */
class SimulatedTimer {
  event: Scheduled | undefined;
  unref(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  hasRef(): boolean {
    return false;
  }
  [Symbol.toPrimitive](): number {
    return 0;
  }
}

type Callback = (...args: unknown[]) => void;

/** Takes over clocks, timers and sources of randomness of this thread: once, before the app's modules are loaded. */
export function installVirtualTime(): void {
  class SimulatedDate extends RealDate {
    constructor(...args: []) {
      if (args.length === 0 && scheduler !== undefined) super(SimulatedDate.now());
      else super(...args);
    }
    static override now(): number {
      return scheduler === undefined ? RealDate.now() : scheduler.clockOf(scheduler.current);
    }
  }
  const timers = { setTimeout: later, clearTimeout: cancel, setInterval: again, clearInterval: cancel };
  Object.assign(globalThis, { Date: SimulatedDate, ...timers });
  Object.assign(require("node:timers"), timers);
  Object.assign(require("node:timers/promises"), { setTimeout: sleep });
  AbortSignal.timeout = timeoutSignal;
  const crypto = require("node:crypto") as typeof import("node:crypto");
  const { randomUUID, randomBytes } = crypto;
  const uuid = () => (scheduler === undefined ? randomUUID() : asUuid(noise.bytes(16).toString("hex")));
  const bytes = (count: number) => (scheduler === undefined ? randomBytes(count) : noise.bytes(count));
  Object.assign(crypto, { randomUUID: uuid, randomBytes: bytes });
  Object.defineProperty(globalThis.crypto, "randomUUID", { value: uuid });
  const { random } = Math;
  Math.random = () => (scheduler === undefined ? random() : noise.next());
  syncBuiltinESMExports();
}

function asUuid(hex: string): `${string}-${string}-${string}-${string}-${string}` {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function later(callback: Callback, milliseconds = 0, ...args: unknown[]): unknown {
  if (scheduler === undefined) return real.setTimeout(callback, milliseconds, ...args);
  const timer = new SimulatedTimer();
  timer.event = scheduler.after(milliseconds, () => callback(...args), scheduler.current);
  return timer;
}

function again(callback: Callback, milliseconds = 1, ...args: unknown[]): unknown {
  if (scheduler === undefined) return real.setInterval(callback, milliseconds, ...args);
  const timer = new SimulatedTimer();
  const owner: Owner | undefined = scheduler.current;
  const at: Scheduler = scheduler;
  const next = (): void => {
    timer.event = at.after(
      milliseconds,
      () => {
        next();
        callback(...args);
      },
      owner,
    );
  };
  next();
  return timer;
}

function cancel(timer: unknown): void {
  if (timer instanceof SimulatedTimer) {
    if (timer.event !== undefined) timer.event.cancelled = true;
  } else if (timer !== undefined) real.clearTimeout(timer as NodeJS.Timeout);
}

function sleep<T>(milliseconds = 0, value?: T): Promise<T | undefined> {
  return new Promise((resolve) => void later(() => resolve(value), milliseconds));
}

function timeoutSignal(milliseconds: number): AbortSignal {
  if (scheduler === undefined) return real.timeout.call(AbortSignal, milliseconds);
  const controller = new AbortController();
  later(() => controller.abort(new DOMException("The operation timed out", "TimeoutError")), milliseconds);
  return controller.signal;
}
