import { Worker } from "node:worker_threads";
import { type Patch, SCALE } from "../engine/load-app.ts";
import type { Plan } from "../plan/fault.ts";
import type { Shrunk } from "./shrink.ts";
import type { Summary } from "./summary.ts";
import type { Question } from "./worker.ts";

/** Room for what one run makes: it is garbage at its end, and need not be moved before. */
const YOUNG_MB = 128;

/** A thread with the app loaded in it, which runs one plan after the other. */
export class SeedRunner {
  readonly #worker: Worker;
  #settle: { resolve: (value: unknown) => void; reject: (error: Error) => void } | undefined;

  /** @param patches changes of the app's sources, for planted bugs */
  constructor(patches: readonly Patch[] = []) {
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), {
      workerData: { patches: [...SCALE, ...patches] },
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    this.#worker.on("message", ({ value, error }: { value?: unknown; error?: string }) => {
      if (error === undefined) this.#settle?.resolve(value);
      else this.#settle?.reject(new Error(error));
    });
    this.#worker.on("error", (error) => this.#settle?.reject(error as Error));
  }

  run(seed: number): Promise<Summary> {
    return this.#ask({ kind: "run", seed }) as Promise<Summary>;
  }

  judge(plan: Plan): Promise<Summary> {
    return this.#ask({ kind: "judge", plan }) as Promise<Summary>;
  }

  /** @returns undefined for a plan that breaks no promise */
  shrink(plan: Plan | number): Promise<Shrunk | undefined> {
    return this.#ask({ kind: "shrink", plan }) as Promise<Shrunk | undefined>;
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #ask(question: Question): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#worker.postMessage(question);
    });
  }
}

function failedRun(seed: number, error: unknown): Summary {
  const violations = [{ promise: "caught", message: `The run ended with ${String(error)}` } as const];
  return { seed, violations, faults: {}, virtualMs: 0, events: 0, documents: 0, jobs: 0, digest: "" };
}

/** Runs seeds on several threads; each summary is told as it comes. */
export async function runSeeds(
  seeds: Iterable<number>,
  threads: number,
  told: (summary: Summary) => void,
): Promise<void> {
  const waiting = seeds[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: threads }, async () => {
      let runner = new SeedRunner();
      try {
        for (let next = waiting.next(); !next.done; next = waiting.next()) {
          try {
            told(await runner.run(next.value));
          } catch (error) {
            // The thread is gone: the seed that ended it is told, and the rest goes on in another.
            told(failedRun(next.value, error));
            await runner.stop();
            runner = new SeedRunner();
          }
        }
      } finally {
        await runner.stop();
      }
    }),
  );
}
