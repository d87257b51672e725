import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { BlobServiceClient } from "@azure/storage-blob";
import { startAzurite } from "azurite-process";
import { startLanguageService } from "language-emulator";
import pMap from "p-map";
import { countRecords } from "../dev/demo/read-records.ts";
import { SAMPLES, startStack } from "../dev/stack/start-stack.ts";

/**
 * Drops many small documents on the embedded stack and prints what the machine's speed does not change: documents in a
 * job, calls of the service, and how the time splits. Documents a second are for comparing two runs on one machine,
 * nothing else: most of the time is the storage emulator's, whose processor time is printed apart.
 */
const { values } = parseArgs({ options: { documents: { type: "string", default: "1000" } } });
const count = Number(values.documents);

const language = await startLanguageService({ projects: SAMPLES, jobSeconds: { from: 2, to: 3 } });
const azurite = await startAzurite();
const stack = await startStack({
  storage: azurite.connectionString,
  language: { endpoint: language.url, key: language.key },
});
const blobs = BlobServiceClient.fromConnectionString(stack.storage);
const input = blobs.getContainerClient("documents");
const results = blobs.getContainerClient("results");

const started = performance.now();
await pMap(
  Array.from({ length: count }, (_, n) => n),
  (n) => input.getBlockBlobClient(`tickets/${n}.txt`).uploadData(Buffer.from(`Ticket ${n}: I was charged twice.`)),
  { concurrency: 16 },
);
const dropped = performance.now();
let half: number | undefined;
for (;;) {
  const done = await countRecords(results);
  if (half === undefined && done * 2 >= count) half = performance.now();
  if (done >= count) break;
  await new Promise((resolve) => setTimeout(resolve, 250));
}
const finished = performance.now();

const { jobs, requests } = language.stats();
const calls = Object.values(requests).reduce((sum, n) => sum + n, 0);
const analysing = finished - dropped;
const cpu = process.cpuUsage();
const figures: [string, string][] = [
  ["documents", String(count)],
  ["jobs", String(jobs.accepted)],
  ["documents per job", (count / jobs.accepted).toFixed(2)],
  ["service calls per job", (calls / jobs.accepted).toFixed(2)],
  ["service calls per 1,000 documents", ((calls * 1000) / count).toFixed(0)],
  ["time after the drop ÷ time of the drop", (analysing / (dropped - started)).toFixed(2)],
  ["second half ÷ first half", half === undefined ? "" : ((finished - half) / (half - started)).toFixed(2)],
  ["documents a second, drop included", (count / ((finished - started) / 1000)).toFixed(1)],
  ["processor ms per document: storage emulator", (((await azurite.processorSeconds()) * 1000) / count).toFixed(1)],
  ["the same: functions and Language emulator", ((cpu.user + cpu.system) / 1000 / count).toFixed(1)],
  ["peak memory of functions and emulator, MB", (process.resourceUsage().maxRSS / 1024).toFixed(0)],
];
for (const [name, figure] of figures) console.log(`${name.padEnd(44)}${figure.padStart(10)}`);
await stack.stop();
await language.stop();
await azurite.stop();
process.exit(0);
