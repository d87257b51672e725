import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { BlobServiceClient } from "@azure/storage-blob";
import { startAzurite } from "azurite-process";
import { startLanguageService } from "language-emulator";
import pMap from "p-map";
import { countRecords } from "../../dev/demo/read-records.ts";
import { APP_DIRECTORY, SAMPLES } from "../../dev/stack/start-stack.ts";
import { type Row, row } from "../figure.ts";
import { startFunctions } from "../processor/start-functions.ts";

const DOCUMENTS = 500;
const LONGEST_MS = 240_000;

/**
 * Many small documents on the embedded stack in real time. The functions, the emulator's blobs and its queues are a process
 * each; this one has the Language emulator and the drop.
 */
export async function stack(): Promise<Row[]> {
  const service = await startLanguageService({ projects: SAMPLES, jobSeconds: { from: 2, to: 3 } });
  const azurite = await startAzurite();
  const storage = azurite.connectionString;
  const language = { endpoint: service.url, key: service.key };
  const functions = await startFunctions({ directory: APP_DIRECTORY, app: "built", time: "real", storage, language });
  try {
    const blobs = BlobServiceClient.fromConnectionString(storage);
    const input = blobs.getContainerClient("documents");
    const results = blobs.getContainerClient("results");
    const usage = async () => ({ functions: (await functions.usage()) / 1_000, ...(await azurite.processorSeconds()) });
    const before = await usage();
    const started = performance.now();
    const drop = (n: number) =>
      input.getBlockBlobClient(`tickets/${n}.txt`).uploadData(Buffer.from(`Ticket ${n}: I was charged twice.`));
    await pMap(
      Array.from({ length: DOCUMENTS }, (_, n) => n),
      drop,
      { concurrency: 16 },
    );
    const dropped = performance.now();
    for (;;) {
      const done = await countRecords(results);
      if (done === DOCUMENTS) break;
      if (performance.now() - started > LONGEST_MS)
        throw new Error(`After four minutes ${done} of ${DOCUMENTS} are done`);
      await sleep(250);
    }
    const finished = performance.now();
    const after = await usage();
    const { jobs, requests } = service.stats();
    const calls = Object.values(requests).reduce((sum, count) => sum + count, 0);
    const used = (what: keyof typeof before): number => after[what] - before[what];
    const all = used("functions") + used("blobs") + used("queues");
    const seconds = (finished - started) / 1_000;
    return [
      row("ours: documents a job", DOCUMENTS / jobs.accepted, 25),
      row("ours: calls a job", calls / jobs.accepted, 2),
      row(
        "ours and the stand-ins': time after the drop ÷ time of the drop",
        (finished - dropped) / (dropped - started),
      ),
      row("processor time: share of the functions process (the app, the host's stand-in)", used("functions") / all),
      row("processor time: share of the stand-in's blobs", used("blobs") / all),
      row("processor time: share of the stand-in's queues", used("queues") / all),
      row("stand-in: how busy its blobs were, of one processor", used("blobs") / seconds),
      row("stand-in: how busy its queues were, of one processor", used("queues") / seconds),
    ];
  } finally {
    functions.end();
    await service.stop();
    await azurite.stop();
  }
}
