/** What a progress line is written to. */
export interface Terminal {
  isTTY?: boolean | undefined;
  columns?: number | undefined;
  write(text: string): unknown;
}

/** One line that is written over on a terminal, with the time gone by, and a line for each change anywhere else. */
export class ProgressLine {
  readonly #out: Terminal;
  readonly #began = Date.now();
  #last = "";

  constructor(out: Terminal = process.stdout) {
    this.#out = out;
  }

  show(words: string): void {
    if (this.#out.isTTY === true) {
      const line = `${words}  ${this.#elapsed()}`.slice(0, Math.max(20, (this.#out.columns ?? 80) - 1));
      this.#out.write(`\r\u001B[2K${line}`);
    } else if (words !== this.#last) {
      this.#out.write(`${words}\n`);
    }
    this.#last = words;
  }

  /** Leaves the line standing. */
  end(): void {
    if (this.#out.isTTY === true && this.#last !== "") this.#out.write("\n");
  }

  #elapsed(): string {
    const seconds = Math.floor((Date.now() - this.#began) / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }
}
