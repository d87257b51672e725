import type { Status } from "./project-api.ts";

/** What a progress line is written to. */
export interface Terminal {
  isTTY?: boolean | undefined;
  columns?: number | undefined;
  write(text: string): unknown;
}

/** One line that is written over on a terminal, and a line for each change anywhere else. */
export class ProgressLine {
  readonly #out: Terminal;
  readonly #began: number;
  readonly #now: () => number;
  #last = "";

  constructor(out: Terminal, now: () => number = Date.now) {
    this.#out = out;
    this.#now = now;
    this.#began = now();
  }

  show(status: Status): void {
    const words = describe(status);
    if (this.#out.isTTY !== true) {
      if (words !== this.#last) this.#out.write(`${words}\n`);
      this.#last = words;
      return;
    }
    const line = `${words}  ${this.#elapsed()}`.slice(0, Math.max(20, (this.#out.columns ?? 80) - 1));
    this.#out.write(`\r\u001B[2K${line}`);
  }

  /** Leaves the line standing. */
  end(): void {
    if (this.#out.isTTY === true) this.#out.write("\n");
  }

  #elapsed(): string {
    const seconds = Math.floor((this.#now() - this.#began) / 1000);
    const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
    return `${minutes}:${String(rest).padStart(2, "0")}`;
  }
}

const BAR = 20;

function describe({ project, state, step, percent, job, error }: Status): string {
  const held = error !== undefined && step !== undefined && state !== step;
  const parts = [`${project}: ${held ? `${state} while ${step}` : state}`];
  if (percent !== undefined) {
    const full = Math.round((Math.min(100, Math.max(0, percent)) / 100) * BAR);
    parts.push(`[${"#".repeat(full)}${"-".repeat(BAR - full)}] ${percent} %`);
  }
  if (job !== undefined) parts.push(`(${job.name})`);
  if (held) parts.push(`${error.code}: ${error.hint ?? error.message}`);
  return parts.join("  ");
}
