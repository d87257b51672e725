import type { RequestPolicyFactory } from "@azure/storage-blob";

/** Thrown by everything the process tries once it is dead. */
class ProcessDied extends Error {
  override readonly name = "ProcessDied";
}

/**
 * Kills a process in a test: at its so-manyth effect on the outside, either before the effect happens or after it
 * happened and before the process learns of it. Dead, it can do nothing more.
 */
export class Fuse {
  effects = 0;
  #blowsAt: number | undefined;
  #after = false;
  #dead = false;

  get dead(): boolean {
    return this.#dead;
  }

  set(blowsAt: number, after: boolean): void {
    this.effects = 0;
    this.#blowsAt = blowsAt;
    this.#after = after;
  }

  /** A new process. */
  replace(): void {
    this.#blowsAt = undefined;
    this.#dead = false;
  }

  async run<T>(effect: () => Promise<T>): Promise<T> {
    if (this.#dead) throw new ProcessDied();
    const blows = ++this.effects === this.#blowsAt;
    if (blows) this.#dead = true;
    if (blows && !this.#after) throw new ProcessDied();
    const value = await effect();
    if (blows) throw new ProcessDied();
    return value;
  }

  /** For the pipelines of the storage clients. */
  policyFactory(): RequestPolicyFactory {
    return { create: (next) => ({ sendRequest: (request) => this.run(() => next.sendRequest(request)) }) };
  }
}
