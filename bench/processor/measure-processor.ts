import { setTimeout as sleep } from "node:timers/promises";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { startAzurite } from "azurite-process";
import { startLanguageService } from "language-emulator";
import pMap from "p-map";
import { countRecords } from "../../dev/demo/read-records.ts";
import { APP_DIRECTORY, SAMPLES } from "../../dev/stack/start-stack.ts";
import { type Functions, startFunctions } from "./start-functions.ts";

export interface ProcessorOptions {
  documents: number;
  /** Another checkout, built and with its modules, in place of this one. */
  directory?: string;
  /** In place of the app one that takes the events and does nothing. */
  app?: "built" | "nothing";
  profile?: boolean;
}

export interface ProcessorUse {
  /** Processor time of the functions process for a document, milliseconds. */
  milliseconds: number;
  /** What a document leaves on its heap, bytes. */
  heapBytes: number;
  /** What the profiler says of these documents. */
  profile: unknown;
}

/** Documents that wait together: what one batch of a lane takes. */
const ROUND = 100;
/** The lanes' pace is learned in real time, and begins with 2.5 jobs a second: a round has four. */
const ROUND_MS = 2_000;
/** Timers that become due until a round is over are three or four; there is always one more. */
const MOST_STEPS = 1_000;
/** Documents that are through before the measurement: modules are loaded, code is compiled. */
const WARM_UP = 200;

/**
 * Lets a functions process analyse documents of a few words, and takes its processor time. Storage and the Language emulator
 * are other processes; the host's time is virtual, so that no look for something that is not there yet counts.
 */
export async function measureProcessor(options: ProcessorOptions): Promise<ProcessorUse> {
  const { documents, directory = APP_DIRECTORY, app = "built", profile = false } = options;
  const service = await startLanguageService({ projects: SAMPLES, jobSeconds: { from: 0, to: 0 } });
  const azurite = await startAzurite();
  const storage = azurite.connectionString;
  const blobs = BlobServiceClient.fromConnectionString(storage);
  const input = blobs.getContainerClient("documents");
  await input.createIfNotExists();
  const language = { endpoint: service.url, key: service.key };
  const functions = await startFunctions({ directory, app, time: "virtual", storage, language });
  try {
    const run = new Run(functions, input, app === "built" ? blobs.getContainerClient("results") : undefined);
    await run.analyse(WARM_UP);
    const heapBefore = await functions.heap();
    if (profile) await functions.profile();
    const before = await functions.usage();
    await run.analyse(documents);
    const used = (await functions.usage()) - before;
    const report = profile ? await functions.report() : undefined;
    const kept = (await functions.heap()) - heapBefore;
    return { milliseconds: used / documents, heapBytes: kept / documents, profile: report };
  } finally {
    functions.end();
    await service.stop();
    await azurite.stop();
  }
}

/** Documents on their way through a functions process. */
class Run {
  readonly #functions: Functions;
  readonly #input: ContainerClient;
  readonly #results: ContainerClient | undefined;
  #documents = 0;

  /** @param results absent: the events are all that there is to wait for */
  constructor(functions: Functions, input: ContainerClient, results: ContainerClient | undefined) {
    this.#functions = functions;
    this.#input = input;
    this.#results = results;
  }

  async analyse(count: number): Promise<void> {
    for (let done = 0; done < count; done += ROUND) {
      const pause = sleep(ROUND_MS);
      await this.#round(Math.min(ROUND, count - done));
      await pause;
    }
  }

  async #round(count: number): Promise<void> {
    const numbers = Array.from({ length: count }, (_, n) => this.#documents + n);
    this.#documents += count;
    const drop = (n: number) =>
      this.#input.getBlockBlobClient(`tickets/${n}.txt`).uploadData(Buffer.from(`Ticket ${n}: I was charged twice.`));
    await pMap(numbers, drop, { concurrency: 16 });
    await this.#functions.settle();
    if (this.#results === undefined) return;
    for (let steps = 0; (await countRecords(this.#results)) < this.#documents; steps++) {
      const moved = await this.#functions.step();
      if (!moved || steps === MOST_STEPS) throw new Error("Time has passed, and documents are missing");
    }
    await this.#functions.close(); // or the next round would wait in real time for a lane that is about to close
  }
}
