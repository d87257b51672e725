import { BlobServiceClient } from "@azure/storage-blob";
import { startAzurite } from "azurite-process";
import { VirtualClock } from "functions-emulator/clock";
import { startLanguageService } from "language-emulator";
import pMap from "p-map";
import { countRecords } from "../../dev/demo/read-records.ts";
import { SAMPLES, startStack } from "../../dev/stack/start-stack.ts";
import { DurableCounter, type DurableCounts } from "./durable-counter.ts";
import { countStorage, type Transactions } from "./storage-counter.ts";

/** What a number of documents took, from their drop to the last result, and what their lane did after that. */
export interface Counts {
  storage: Transactions;
  /** Calls of the Language service, by operation. */
  calls: Record<string, number>;
  jobs: number;
  durable: DurableCounts;
  /** From the last result until the lane has closed. */
  closing: { storage: Transactions; durable: DurableCounts };
}

/**
 * Drops documents that are all there before the lane takes any, and counts what they take: to the last transaction the
 * same each time, since the lane's pauses are virtual and its jobs are done when they are first polled.
 */
export async function countDocuments(documents: number): Promise<Counts> {
  const language = await startLanguageService({ projects: SAMPLES, jobSeconds: { from: 0, to: 0 } });
  const azurite = await startAzurite();
  const counter = await countStorage(azurite.connectionString);
  const clock = new VirtualClock();
  const durable = new DurableCounter();
  const stack = await startStack({
    storage: counter.connectionString,
    language: { endpoint: language.url, key: language.key },
    settings: { SWEEP_INTERVAL_MINUTES: "59" },
    log: durable.log,
    host: { clock, durableStore: durable, durable: { replayCheck: false } },
  });
  try {
    const blobs = BlobServiceClient.fromConnectionString(azurite.connectionString);
    const input = blobs.getContainerClient("documents");
    const drop = (n: number) =>
      input.getBlockBlobClient(`tickets/${n}.txt`).uploadData(Buffer.from(`Ticket ${n}: I was charged twice.`));
    await stack.host.idle();
    counter.reset();
    durable.reset();

    await drop(0);
    await stack.host.idle(); // its lane waits for company, and time stands still
    await pMap(
      Array.from({ length: documents - 1 }, (_, n) => n + 1),
      drop,
      { concurrency: 16 },
    );
    await stack.host.idle();
    const results = blobs.getContainerClient("results");
    const passTime = async (done: () => Promise<boolean>): Promise<void> => {
      while (!(await done())) {
        if (!clock.runNext()) throw new Error("Nothing waits any more, and documents are missing");
        await stack.host.engine.idle();
      }
    };
    await passTime(async () => (await countRecords(results)) === documents);
    const analysed = { storage: counter.report(), durable: durable.report() };
    counter.reset();
    durable.reset();
    await passTime(async () => (await durable.running()) === 0);
    const { jobs, requests: calls } = language.stats();
    const closing = { storage: counter.report(), durable: durable.report() };
    return { ...analysed, calls, jobs: jobs.accepted, closing };
  } finally {
    await stack.stop();
    await counter.stop();
    await azurite.stop();
    await language.stop();
  }
}
