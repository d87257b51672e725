/** Counts what runs, so that one can wait until nothing does. */
export class WorkCount {
  #running = 0;
  #waiting: (() => void)[] = [];

  /** Runs a job that must not fail. Work that it starts before it ends is counted without a gap. */
  run(job: () => Promise<void>): void {
    this.#running++;
    void job().finally(() => {
      this.#running--;
      if (this.#running === 0) for (const wake of this.#waiting.splice(0)) wake();
    });
  }

  async idle(): Promise<void> {
    while (this.#running > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
