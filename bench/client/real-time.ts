import { setTimeout as wait } from "node:timers/promises";
import type { Time } from "../virtual/virtual-time.ts";

/** The machine's time, for runs against a service that has no other. */
export class RealTime implements Time {
  readonly now = Date.now;
  #failure: unknown;

  readonly sleep = async (milliseconds: number): Promise<void> => {
    await wait(milliseconds);
  };

  spawn(work: () => Promise<unknown>): void {
    work().catch((error: unknown) => {
      this.#failure ??= error;
    });
  }

  async pass(done: () => boolean): Promise<void> {
    while (!done()) {
      if (this.#failure !== undefined) throw this.#failure;
      await wait(20);
    }
  }
}
