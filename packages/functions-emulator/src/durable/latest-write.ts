type Write = (text: string | undefined) => Promise<void>;

/** Writes one file, one write at a time. What waits while a write runs is replaced by what comes after it. */
export class LatestWrite {
  readonly #write: Write;
  #running: Promise<void> = Promise.resolve();
  #next: { text: string | undefined; written: Promise<void> } | undefined;

  constructor(write: Write) {
    this.#write = write;
  }

  /** Resolves when this text, or a later one, is written; undefined removes the file. */
  write(text: string | undefined): Promise<void> {
    if (this.#next !== undefined) {
      this.#next.text = text;
      return this.#next.written;
    }
    const next = { text, written: Promise.resolve() };
    next.written = this.done().then(() => {
      this.#next = undefined;
      return this.#write(next.text);
    });
    this.#next = next;
    this.#running = next.written;
    return next.written;
  }

  /** Resolves when nothing is being written. */
  async done(): Promise<void> {
    await this.#running.catch(() => undefined); // whoever asked for it has been told
  }
}
