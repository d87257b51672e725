import { setTimeout as sleep } from "node:timers/promises";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { startAzurite } from "azurite-process";
import { startLanguageService } from "language-emulator";
import pMap from "p-map";
import { countRecords } from "../../dev/demo/read-records.ts";
import { APP_DIRECTORY, SAMPLES } from "../../dev/stack/start-stack.ts";
import { type Functions, startFunctions } from "./start-functions.ts";

export interface MeasuredOptions {
  /** Another checkout, built and with its modules, in place of this one. */
  directory?: string;
  /** In place of the app one that takes the events and does nothing. */
  app?: "built" | "nothing";
}

/** Documents that wait together: what one batch of a lane takes. */
export const ROUND = 100;
/** The lanes' pace is learned in real time, and begins with 2.5 jobs a second: a round has four. */
const ROUND_MS = 2_000;
/** Timers that become due until a round is over are three or four; there is always one more. */
const MOST_STEPS = 1_000;

/** A functions process that analyses documents of a few words, round by round, with a storage and a Language emulator of its own. */
export interface Measured {
  /** Analyses 100 documents. @returns processor time of the functions process for each, milliseconds */
  round(): Promise<number>;
  /** Bytes that stay on its heap. */
  heap(): Promise<number>;
  /** Samples the process from now on, until `report`. */
  profile(): Promise<void>;
  report(): Promise<unknown>;
  stop(): Promise<void>;
}

/**
 * Storage and the Language emulator are other processes; the host's time is virtual, so that no look for something that is
 * not there yet counts, and so that nothing happens between two rounds: several can be measured in turn.
 */
export async function startMeasured({ directory = APP_DIRECTORY, app = "built" }: MeasuredOptions): Promise<Measured> {
  const stops: (() => unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    const service = await startLanguageService({ projects: SAMPLES, jobSeconds: { from: 0, to: 0 } });
    stops.push(() => service.stop());
    const azurite = await startAzurite();
    stops.push(() => azurite.stop());
    const storage = azurite.connectionString;
    const blobs = BlobServiceClient.fromConnectionString(storage);
    const input = blobs.getContainerClient("documents");
    await input.createIfNotExists();
    const language = { endpoint: service.url, key: service.key };
    const functions = await startFunctions({ directory, app, time: "virtual", storage, language });
    stops.push(() => functions.end());
    const rounds = new Rounds(functions, input, app === "built" ? blobs.getContainerClient("results") : undefined);
    return {
      round: () => rounds.analyse(),
      heap: () => functions.heap(),
      profile: () => functions.profile(),
      report: () => functions.report(),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Documents on their way through a functions process. */
class Rounds {
  readonly #functions: Functions;
  readonly #input: ContainerClient;
  readonly #results: ContainerClient | undefined;
  #documents = 0;
  #begun = 0;

  /** @param results absent: the events are all that there is to wait for */
  constructor(functions: Functions, input: ContainerClient, results: ContainerClient | undefined) {
    this.#functions = functions;
    this.#input = input;
    this.#results = results;
  }

  async analyse(): Promise<number> {
    await sleep(Math.max(0, this.#begun + ROUND_MS - performance.now()));
    this.#begun = performance.now();
    const before = await this.#functions.usage();
    const names = Array.from({ length: ROUND }, (_, n) => `tickets/${this.#documents + n}.txt`);
    this.#documents += ROUND;
    const drop = (name: string) => {
      const text = Buffer.from(`Ticket ${name}: I was charged twice.`);
      return this.#input.getBlockBlobClient(name).uploadData(text);
    };
    await pMap(names, drop, { concurrency: 16 });
    await this.#functions.settle();
    if (this.#results !== undefined) await this.#untilDone(this.#results);
    const used = (await this.#functions.usage()) - before;
    // The host's stand-in lists all documents again and again, which would cost more with each round.
    await pMap(names, (name) => this.#input.deleteBlob(name), { concurrency: 16 });
    return used / ROUND;
  }

  async #untilDone(results: ContainerClient): Promise<void> {
    for (let steps = 0; (await countRecords(results)) < this.#documents; steps++) {
      const moved = await this.#functions.step();
      if (!moved || steps === MOST_STEPS) throw new Error("Time has passed, and documents are missing");
    }
    await this.#functions.close(); // or the next round would wait in real time for a lane that is about to close
  }
}
