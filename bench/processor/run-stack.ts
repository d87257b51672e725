import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { BlobServiceClient } from "@azure/storage-blob";
import { startAzurite } from "azurite-process";
import type { LanguageService } from "language-emulator";
import pMap from "p-map";
import { countRecords } from "../../dev/demo/read-records.ts";
import { APP_DIRECTORY } from "../../dev/stack/start-stack.ts";
import { startFunctions } from "./start-functions.ts";

export interface StackRun {
  /** From the first drop to the last, and from there to the last result, seconds. */
  dropSeconds: number;
  restSeconds: number;
  /** Processor time of each process, seconds. */
  processor: { functions: number; blobs: number; queues: number };
}

const LONGEST_MS = 240_000;

/**
 * Drops texts on the embedded stack in real time. The functions, the storage emulator's blobs and its queues are a process
 * each; this one has the Language emulator and the drop.
 * @throws Error when not all have their result after four minutes
 */
export async function runStack(service: LanguageService, texts: readonly string[]): Promise<StackRun> {
  const azurite = await startAzurite();
  const storage = azurite.connectionString;
  const language = { endpoint: service.url, key: service.key };
  const parts = { directory: APP_DIRECTORY, app: "built", time: "real", storage, language } as const;
  const functions = await startFunctions(parts);
  try {
    const blobs = BlobServiceClient.fromConnectionString(storage);
    const input = blobs.getContainerClient("documents");
    const results = blobs.getContainerClient("results");
    const usage = async () => ({ functions: (await functions.usage()) / 1_000, ...(await azurite.processorSeconds()) });
    const before = await usage();
    const started = performance.now();
    const drop = (text: string, n: number) =>
      input.getBlockBlobClient(`tickets/${n}.txt`).uploadData(Buffer.from(text));
    await pMap(texts, drop, { concurrency: 16 });
    const dropped = performance.now();
    for (let done = 0; done < texts.length; done = await countRecords(results)) {
      if (performance.now() - dropped > LONGEST_MS)
        throw new Error(`After four minutes ${done} of ${texts.length} are done`);
      await sleep(250);
    }
    const finished = performance.now();
    const after = await usage();
    return {
      dropSeconds: (dropped - started) / 1_000,
      restSeconds: (finished - dropped) / 1_000,
      processor: {
        functions: after.functions - before.functions,
        blobs: after.blobs - before.blobs,
        queues: after.queues - before.queues,
      },
    };
  } finally {
    functions.end();
    await azurite.stop();
  }
}
