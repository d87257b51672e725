import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { BlobServiceClient } from "@azure/storage-blob";
import { type LanguageService, startLanguageService } from "language-emulator";
import pMap from "p-map";
import { countRecords } from "../../dev/demo/read-records.ts";
import { startStack } from "../../dev/stack/start-stack.ts";
import { type ClientRun, type ClientScript, runClient } from "../client/official-client.ts";
import { type Row, row } from "../figure.ts";

/** As many documents as the tuned script and the app are given; the script with defaults has one batch in hand, always as fast. */
const DOCUMENTS = { many: 500, few: 150 };
/** 20 requests in 10 s: bites at once, and is over in the time that there is. */
const LIMIT = [{ requests: 20, seconds: 10 }];
const JOB_SECONDS = 2;

const SCRIPTS: readonly (ClientScript & { name: string; documents: number })[] = [
  { name: "the client with its defaults", concurrency: 1, documents: DOCUMENTS.few },
  {
    name: "the client, 10 batches at a time, looks every second",
    concurrency: 10,
    pollMilliseconds: 1_000,
    documents: DOCUMENTS.many,
  },
];

/** Microsoft's client against the same emulator over HTTP, and the app on the local stack: real seconds, ratios of one run. */
export async function client(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [words, rateLimits] of [
    ["unlimited", []],
    ["20 requests in 10 s", LIMIT],
  ] as const) {
    const runs = SCRIPTS.map(async (script) => ({
      script,
      ...(await withService(rateLimits, (service) => analyse(service, script))),
    }));
    const scripts = await Promise.all(runs);
    const ours = await withService(rateLimits, drop);
    rows.push(row(`${words}: ours, calls a document`, ours.calls / DOCUMENTS.many, 0.08));
    for (const { script, documents, seconds, exception, calls } of scripts) {
      const name = `${words}: ${script.name}`;
      rows.push(row(`${name}: ${exception ?? "came to its end"}`, documents / script.documents, 1));
      if (documents === 0) continue;
      rows.push(
        row(`${name}: ours ÷ its documents a minute`, DOCUMENTS.many / ours.seconds / (documents / seconds)),
        row(`${name}: calls a document`, calls / documents, 0.08),
      );
    }
  }
  return rows;
}

function textsOf(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `Ticket ${n}: I was charged twice.`);
}

async function withService<T>(
  rateLimits: readonly { requests: number; seconds: number }[],
  work: (service: LanguageService) => Promise<T>,
): Promise<T & { calls: number }> {
  const service = await startLanguageService({ rateLimits, jobSeconds: { from: JOB_SECONDS, to: JOB_SECONDS } });
  try {
    const done = await work(service);
    const { requests } = service.stats();
    return { ...done, calls: Object.values(requests).reduce((sum, count) => sum + count, 0) };
  } finally {
    await service.stop();
  }
}

function analyse(service: LanguageService, script: ClientScript & { documents: number }): Promise<ClientRun> {
  return runClient({ endpoint: service.url, key: service.key }, script, textsOf(script.documents));
}

/** The same texts as documents of the app: from the first drop to the last result. */
async function drop(service: LanguageService): Promise<{ seconds: number }> {
  const pipelines = new URL("pipelines.json", import.meta.url).pathname;
  const stack = await startStack({ language: { endpoint: service.url, key: service.key }, pipelines });
  try {
    const blobs = BlobServiceClient.fromConnectionString(stack.storage);
    const input = blobs.getContainerClient("documents");
    const started = performance.now();
    const texts = textsOf(DOCUMENTS.many);
    await pMap(texts, (text, n) => input.getBlockBlobClient(`tickets/${n}.txt`).uploadData(Buffer.from(text)), {
      concurrency: 16,
    });
    const results = blobs.getContainerClient("results");
    while ((await countRecords(results)) < texts.length) await sleep(250);
    return { seconds: (performance.now() - started) / 1_000 };
  } finally {
    await stack.stop();
  }
}
