import { performance } from "node:perf_hooks";
import { BlobServiceClient } from "@azure/storage-blob";
import { startAzurite } from "azurite-process";
import { startLanguageService } from "language-emulator";
import pMap from "p-map";
import { countRecords } from "../dev/demo/read-records.ts";
import { SAMPLES, startStack } from "../dev/stack/start-stack.ts";
import type { Figure } from "./figure.ts";

/**
 * Drops many small documents on the embedded stack, in real time. The processor time of the storage emulator is the
 * stand-in's; that of this process is the app's together with the hosts' and the Language emulator's.
 */
export async function runStack(documents: number): Promise<Omit<Figure, "part">[]> {
  const language = await startLanguageService({ projects: SAMPLES, jobSeconds: { from: 2, to: 3 } });
  const azurite = await startAzurite();
  const stack = await startStack({
    storage: azurite.connectionString,
    language: { endpoint: language.url, key: language.key },
  });
  const blobs = BlobServiceClient.fromConnectionString(stack.storage);
  const input = blobs.getContainerClient("documents");
  const results = blobs.getContainerClient("results");
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  await pMap(
    Array.from({ length: documents }, (_, n) => n),
    (n) => input.getBlockBlobClient(`tickets/${n}.txt`).uploadData(Buffer.from(`Ticket ${n}: I was charged twice.`)),
    { concurrency: 16 },
  );
  const dropped = performance.now();
  while ((await countRecords(results)) < documents) await new Promise((resolve) => setTimeout(resolve, 250));
  const finished = performance.now();
  const { jobs, requests } = language.stats();
  const calls = Object.values(requests).reduce((sum, n) => sum + n, 0);
  const { user, system } = process.cpuUsage(cpuBefore);
  const ours = (user + system) / 1e6;
  const figures = [
    { what: "documents a job", value: documents / jobs.accepted, floor: 25 },
    { what: "calls a job", value: calls / jobs.accepted, floor: 2 },
    { what: "time after the drop ÷ time of the drop", value: (finished - dropped) / (dropped - started) },
    {
      what: "processor time: functions and Language emulator ÷ storage emulator",
      value: ours / (await azurite.processorSeconds()),
    },
  ];
  await stack.stop();
  await language.stop();
  await azurite.stop();
  return figures;
}
