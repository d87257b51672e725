/** Time as the host sees it. Everything in `packages/functions-emulator` that waits or stamps asks a clock, so that a test can own time. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs `action` once at or after `dueTime` (milliseconds since 1970). */
  schedule(dueTime: number, action: () => void): Scheduled;
}

export interface Scheduled {
  cancel(): void;
}

/** The machine's clock. Pending actions do not keep the process alive. */
export class RealClock implements Clock {
  now(): number {
    return Date.now();
  }

  schedule(dueTime: number, action: () => void): Scheduled {
    const longest = 2 ** 31 - 1; // setTimeout takes a signed 32-bit number of milliseconds
    let handle: NodeJS.Timeout;
    const arm = (): void => {
      const wait = Math.max(0, dueTime - Date.now());
      handle = wait > longest ? setTimeout(arm, longest) : setTimeout(action, wait);
      handle.unref();
    };
    arm();
    return { cancel: () => clearTimeout(handle) };
  }
}

interface Pending {
  dueTime: number;
  order: number;
  action: () => void;
}

/** A clock that stands still until it is told to move: a day of waiting in milliseconds. */
export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  readonly #pending = new Set<Pending>();

  constructor(start: number | string = "2026-01-01T00:00:00Z") {
    this.#now = new Date(start).getTime();
  }

  now(): number {
    return this.#now;
  }

  schedule(dueTime: number, action: () => void): Scheduled {
    const entry = { dueTime, order: this.#order++, action };
    this.#pending.add(entry);
    return { cancel: () => void this.#pending.delete(entry) };
  }

  /** When the next action is due; undefined when nothing waits. */
  get nextDueTime(): number | undefined {
    return this.#first()?.dueTime;
  }

  /** Moves to the next due action and runs it. False when nothing waits. */
  runNext(): boolean {
    const next = this.#first();
    if (next === undefined) return false;
    this.#pending.delete(next);
    this.#now = Math.max(this.#now, next.dueTime);
    next.action();
    return true;
  }

  #first(): Pending | undefined {
    return [...this.#pending].reduce<Pending | undefined>(
      (best, entry) =>
        best === undefined ||
        entry.dueTime < best.dueTime ||
        (entry.dueTime === best.dueTime && entry.order < best.order)
          ? entry
          : best,
      undefined,
    );
  }
}
