/** A process of the app (or none: the world outside). What it has in mind is gone when it is dead. */
export interface Owner {
  readonly name: string;
  dead: boolean;
  /** It stands still until then, milliseconds since 1970. */
  frozenUntil: number;
  /** How far its clock is ahead of the true time. */
  readonly skewMs: number;
}

export interface Scheduled {
  at: number;
  readonly order: number;
  readonly owner: Owner | undefined;
  run: () => unknown;
  cancelled: boolean;
}

/** Kept from before the clock was taken over: one turn of the real event loop. */
const turn = globalThis.setImmediate;

/**
 * Virtual time: the next event is run when all that the last one set going has come to rest, and time passes only in
 * between. So a run depends on nothing but its plan, and an hour takes as long as its events.
 */
export class Scheduler {
  now: number;
  /** Whose code runs at this moment. */
  current: Owner | undefined;
  events = 0;
  /** Told of what an event throws, or a promise that it is made of. */
  onError: (error: unknown) => void = (error) => {
    throw error;
  };
  readonly #heap: Scheduled[] = [];
  #order = 0;

  constructor(start: number) {
    this.now = start;
  }

  /** Does something after a while. What belongs to a dead process is never done; what belongs to a frozen one, later. */
  after(milliseconds: number, run: Scheduled["run"], owner?: Owner): Scheduled {
    const event: Scheduled = {
      at: this.now + Math.max(0, milliseconds),
      order: this.#order++,
      owner,
      run,
      cancelled: false,
    };
    this.#push(event);
    return event;
  }

  /** The time that a process reads off its clock. */
  clockOf(owner: Owner | undefined): number {
    return Math.floor(this.now + (owner?.skewMs ?? 0));
  }

  /** Runs until `isOver` says so, or nothing is left to happen before `until`. */
  async run(until: number, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const event = this.#heap[0];
      if (event === undefined || event.at > until) {
        this.now = Math.max(this.now, until);
        return;
      }
      this.#pop();
      if (event.cancelled || event.owner?.dead) continue;
      if (event.owner !== undefined && event.owner.frozenUntil > event.at) {
        event.at = event.owner.frozenUntil;
        this.#push(event);
        continue;
      }
      this.now = Math.max(this.now, event.at);
      this.events++;
      this.current = event.owner;
      try {
        await event.run();
      } catch (error) {
        this.onError(error);
      }
      await new Promise<void>((resolve) => turn(resolve));
      this.current = undefined;
    }
  }

  #push(event: Scheduled): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Scheduled;
      if (!isBefore(event, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Scheduled, heap[child] as Scheduled)) child++;
      if (!isBefore(heap[child] as Scheduled, last)) break;
      heap[at] = heap[child] as Scheduled;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(one: Scheduled, other: Scheduled): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
