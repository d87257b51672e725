interface Sleeper {
  at: number;
  wake: () => void;
}

/** What a run of lanes needs of time. */
export interface Time {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Runs something beside the rest. */
  spawn(work: () => Promise<unknown>): void;
  /** Lets time pass until something holds. */
  pass(done: () => boolean): Promise<void>;
}

/** Time that passes only while everything waits: an hour of waiting in a moment, whatever the machine. */
export class VirtualTime implements Time {
  readonly #sleepers: Sleeper[] = [];
  #now = Date.parse("2026-01-01T00:00:00Z");
  #running = 0;

  /** Milliseconds since 1970. */
  readonly now = (): number => this.#now;

  /** Runs something beside the rest. What it awaits must be at once, or `sleep`. */
  spawn(work: () => Promise<unknown>): void {
    this.#running++;
    void work().finally(() => this.#running--);
  }

  readonly sleep = async (milliseconds: number): Promise<void> => {
    const at = this.#now + Math.max(0, milliseconds);
    const place = this.#sleepers.findIndex((other) => other.at > at);
    const woken = new Promise<void>((wake) => {
      this.#sleepers.splice(place === -1 ? this.#sleepers.length : place, 0, { at, wake });
    });
    this.#running--;
    await woken;
  };

  /** Lets time pass until `done` holds. @throws Error when nothing waits any more before that */
  async pass(done: () => boolean): Promise<void> {
    for (;;) {
      while (this.#running > 0) await new Promise((resolve) => setImmediate(resolve));
      if (done()) return;
      const next = this.#sleepers.shift();
      if (next === undefined) throw new Error("Nothing waits any more, and what was waited for has not come");
      this.#now = next.at;
      this.#running++;
      next.wake();
    }
  }
}
