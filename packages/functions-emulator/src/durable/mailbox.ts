import type { EngineDeps, WorkCount } from "./engine-deps.ts";
import type { Message } from "./state.ts";

/** One step of an instance: changes its state, and returns what may happen once that is saved. */
export type Step = () => Promise<() => void>;

/** What `Mailbox` calls back. */
export interface MailboxOptions {
  /** The next step, undefined when there is none. */
  plan(): Step | undefined;
  /** Takes its copy of the state before it returns; durable when it resolves. */
  save(): Promise<void>;
  onError(error: unknown): void;
  work: WorkCount;
}

/** The order of one instance's life: one step at a time, each saved before its effects are let out. */
export class Mailbox {
  readonly #options: MailboxOptions;
  #running = false;
  #waiting: PromiseWithResolvers<void>[] = [];

  constructor(options: MailboxOptions) {
    this.#options = options;
  }

  /** Takes steps as long as there are any. */
  kick(): void {
    if (this.#running) return;
    this.#running = true;
    this.#options.work.run(() => this.#run());
  }

  /** Resolves when the state as it is now is saved: with the next step, or by itself if there is none. */
  saved(): Promise<void> {
    const waiting = Promise.withResolvers<void>();
    this.#waiting.push(waiting);
    this.kick();
    return waiting.promise;
  }

  async #run(): Promise<void> {
    try {
      while (await this.#turn());
    } catch (error) {
      this.#running = false;
      for (const { reject } of this.#waiting.splice(0)) reject(error);
      this.#options.onError(error);
    }
  }

  async #turn(): Promise<boolean> {
    const step = this.#options.plan();
    if (step === undefined && this.#waiting.length === 0) {
      this.#running = false; // in the same moment as the plan: nothing that comes after can be missed
      return false;
    }
    const release = await step?.();
    await this.#save();
    release?.();
    return true;
  }

  async #save(): Promise<void> {
    const waiting = this.#waiting.splice(0);
    try {
      await this.#options.save();
      for (const { resolve } of waiting) resolve();
    } catch (error) {
      for (const { reject } of waiting) reject(error);
      throw error;
    }
  }
}

/**
 * Delivers an instance's messages that are not on their way yet, in their order. A message leaves the outbox when its
 * receiver has saved it, so after a kill it may be delivered again; receivers know what they had.
 */
export class Outbox {
  readonly #deps: EngineDeps;
  readonly #state: { outbox: Message[] };
  readonly #underWay = new Set<Message>();

  constructor(deps: EngineDeps, state: { outbox: Message[] }) {
    this.#deps = deps;
    this.#state = state;
  }

  deliver(): void {
    for (const message of this.#state.outbox) {
      if (this.#underWay.has(message)) continue;
      this.#underWay.add(message);
      this.#deps.work.run(async () => {
        const delivered = await this.#deps.deliver(message).then(
          () => true,
          () => false, // the receiver could not be saved, and has said so; after a restart we try again
        );
        this.#underWay.delete(message);
        if (delivered) this.#state.outbox = this.#state.outbox.filter((other) => other !== message);
      });
    }
  }
}
