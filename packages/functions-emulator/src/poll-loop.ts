export interface PollLoopOptions {
  /** One look for work; true when there was some. */
  pass: () => Promise<boolean>;
  /** Looks again at once after a look that found work. Default true. */
  eager?: boolean;
  /** The wait is at least as long as this says, in milliseconds, so that looking never takes over. */
  rest?: () => number;
  /** The wait after a look that found nothing doubles from the shortest to the longest; milliseconds. */
  shortestWait: number;
  longestWait: number;
  onError: (error: unknown) => void;
}

/**
 * Looks for work again and again, one look at a time: soon after one that found some, later and later after those that
 * found nothing. It always waits in real time, also in a host whose functions live by a virtual clock, because
 * what it looks at is a storage service with a clock of its own.
 */
export class PollLoop {
  readonly #options: PollLoopOptions;
  #running: Promise<void> | undefined;
  #stopped = false;
  #woken = false;
  #endSleep: () => void = () => {};
  /** Those who wait for a look that begins from now on. */
  #waiting: ((found: boolean) => void)[] = [];

  constructor(options: PollLoopOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Looks now in place of waiting; if a look is under way, once more after it. */
  wake(): void {
    this.#woken = true;
    this.#endSleep();
  }

  /** Resolves after a look that began after this call, with what it found. */
  lookNow(): Promise<boolean> {
    if (this.#stopped) return Promise.resolve(false);
    const looked = new Promise<boolean>((resolve) => this.#waiting.push(resolve));
    this.wake();
    return looked;
  }

  /** Lets the look that is under way end and begins no other. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.wake();
    await this.#running;
    for (const resolve of this.#waiting.splice(0)) resolve(false);
  }

  async #run(): Promise<void> {
    const { shortestWait, longestWait, eager = true, rest = () => 0 } = this.#options;
    let wait = shortestWait;
    while (!this.#stopped) {
      this.#woken = false;
      const waiting = this.#waiting.splice(0);
      const found = await this.#look();
      for (const resolve of waiting) resolve(found);
      const again = (found && eager) || this.#woken;
      if (!again) await this.#sleep(Math.max(wait, rest()));
      wait = found || this.#woken ? shortestWait : Math.min(wait * 2, longestWait);
    }
  }

  async #look(): Promise<boolean> {
    try {
      return await this.#options.pass();
    } catch (error) {
      this.#options.onError(error);
      return false;
    }
  }

  #sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#endSleep = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
