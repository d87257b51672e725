import type { JobState, Task } from "../../src/lib/language/analysis.ts";
import { LanguageError } from "../../src/lib/language/errors/language-error.ts";
import type { LimitedService } from "./limited-service.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** How a script talks to the service. */
export interface Shape {
  name: string;
  documentsPerJob: number;
  /** Jobs at a time. */
  concurrency: number;
  pollSeconds: number;
  /** Tries after a refusal because of too many requests; then the script ends with an exception. */
  retries: number;
}

/**
 * Shapes that are common, with the pauses and retries of their clients' defaults: core-lro looks every 2 s and
 * core-rest-pipeline tries three times more (their sources); SynapseML sends 10 documents and looks every second.
 */
export const SHAPES: readonly Shape[] = [
  { name: "a document a call", documentsPerJob: 1, concurrency: 1, pollSeconds: 2, retries: 3 },
  { name: "25 a call, a client's defaults", documentsPerJob: 25, concurrency: 1, pollSeconds: 2, retries: 3 },
  {
    name: "25 a call, 32 at a time, looks every 10 s",
    documentsPerJob: 25,
    concurrency: 32,
    pollSeconds: 10,
    retries: 3,
  },
  { name: "10 a call, looks every second", documentsPerJob: 10, concurrency: 4, pollSeconds: 1, retries: 10 },
];

const TASK: Task = { kind: "KeyPhraseExtraction", name: "task", parameters: {} };

export interface ShapeRun {
  documents: number;
  minutes: number;
  failed: boolean;
}

/** Analyses documents in that shape, each task in a request of its own; ends early with the script's exception. */
export async function runShape(
  time: VirtualTime,
  service: LimitedService,
  { documentsPerJob, concurrency, pollSeconds, retries }: Shape,
  documents: number,
): Promise<ShapeRun> {
  const begun = time.now();
  let left = documents;
  let done = 0;
  let failed = false;
  const call = async <T>(work: () => Promise<T>): Promise<T> => {
    for (let tries = 0; ; tries++) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof LanguageError) || tries === retries) throw error;
        await time.sleep((error.retryAfterSeconds ?? 1) * 1_000);
      }
    }
  };
  const worker = async (): Promise<void> => {
    while (left > 0 && !failed) {
      const count = Math.min(documentsPerJob, left);
      left -= count;
      const texts = Array.from({ length: count }, (_, id) => ({ id: String(id), text: "I was charged twice." }));
      const handle = await call(() => service.submit({ displayName: "", documents: texts, tasks: [TASK] }));
      let state: JobState | undefined;
      while (!state?.finished) {
        await time.sleep(pollSeconds * 1_000);
        state = await call(() => service.getJob(handle, [TASK]));
      }
      done += count;
    }
  };
  let working = concurrency;
  for (let n = 0; n < concurrency; n++) {
    time.spawn(() =>
      worker()
        .catch(() => {
          failed = true;
        })
        .finally(() => working--),
    );
  }
  await time.pass(() => working === 0);
  return { documents: done, minutes: (time.now() - begun) / 60_000, failed };
}
