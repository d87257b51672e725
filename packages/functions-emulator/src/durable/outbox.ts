import type { Message } from "./state.ts";
import type { Surroundings } from "./surroundings.ts";

/**
 * Delivers an instance's messages that are not on their way yet, in their order. A message leaves the outbox when its
 * receiver has saved it, so after a kill it may be delivered again; receivers know what they had.
 */
export class Outbox {
  readonly #surroundings: Surroundings;
  readonly #state: { outbox: Message[] };
  readonly #underWay = new Set<Message>();

  constructor(surroundings: Surroundings, state: { outbox: Message[] }) {
    this.#surroundings = surroundings;
    this.#state = state;
  }

  deliver(): void {
    for (const message of this.#state.outbox) {
      if (this.#underWay.has(message)) continue;
      this.#underWay.add(message);
      this.#surroundings.work.run(async () => {
        const delivered = await this.#surroundings.deliver(message).then(
          () => true,
          () => false, // the receiver could not be saved, and has said so; after a restart we try again
        );
        this.#underWay.delete(message);
        if (delivered) this.#state.outbox = this.#state.outbox.filter((other) => other !== message);
      });
    }
  }
}
