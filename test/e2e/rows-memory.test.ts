import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { startAzurite } from "azurite-process";
import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { APP_DIRECTORY } from "../../dev/stack/start-stack.ts";
import { startQuickLanguage } from "./memory/quick-language.ts";
import { listNames, until } from "./waiting.ts";
import { writePipelines } from "./write-pipelines.ts";

/** Both stated in docs/architecture.md, for 200,000 rows: `ROWS=200000` runs this test with so many. */
const MOST_MEGABYTES = 300;
const LEAST_ROWS_PER_CALL = 12;
const ROWS = Number(process.env.ROWS ?? 4_000);
/** As in Node 22; Node 24 takes more for what is young, if there is more. */
const SEMI_SPACE_MEGABYTES = 16;
const FILE = "export.csv";

const resources = new AsyncDisposableStack();
let results: ContainerClient;
let work: ContainerClient;
let child: ChildProcess;

beforeAll(async () => {
  const azurite = await startAzurite();
  resources.defer(() => azurite.stop());
  const language = resources.use(await startQuickLanguage());
  const task = { kind: "CustomEntityRecognition", projectName: "p", deploymentName: "d" };
  const pipeline = { name: "rows", match: "**", lanes: 4, rows: { text: "comment", id: "id" }, tasks: [task] };
  const pipelines = resources.use(await writePipelines([pipeline]));

  const blobs = BlobServiceClient.fromConnectionString(azurite.connectionString);
  const documents = blobs.getContainerClient("documents");
  results = blobs.getContainerClient("results");
  work = blobs.getContainerClient("language-batch-work");
  await Promise.all([documents.createIfNotExists(), results.createIfNotExists()]);
  await documents.getBlockBlobClient(FILE).uploadStream(Readable.from(csv()));

  child = fork(new URL("./memory/analyse-queued.ts", import.meta.url), [FILE], {
    // What the rows need, not how much garbage Node lets lie where memory is plenty.
    execArgv: [`--max-semi-space-size=${SEMI_SPACE_MEGABYTES}`],
    env: {
      ...process.env,
      AzureWebJobsStorage: azurite.connectionString,
      LANGUAGE_ENDPOINT: language.url,
      LANGUAGE_KEY: "key",
      PIPELINES_FILE: pipelines.path,
      FIRST_POLL_SECONDS: "1",
    },
  });
  resources.defer(async () => void child.kill());
});

afterAll(() => resources.disposeAsync());

/** Rows of 300 to 500 characters, every fourth with a line break and quotes in it. */
function* csv(): Generator<Buffer> {
  yield Buffer.from("id,when,comment\r\n");
  for (let row = 1; row <= ROWS; row++) {
    const text = `Comment ${row}: ${"the delivery came late and the box was damaged; ".repeat(6 + (row % 5))}`;
    const odd = row % 4 === 0 ? `${text}\n""never again""` : text;
    yield Buffer.from(`c-${row},2026-11-28,"${odd}"\r\n`);
  }
}

const summarySchema = z.looseObject({
  rows: z.looseObject({ total: z.int(), succeeded: z.int(), failed: z.int(), parts: z.array(z.unknown()) }),
});
const laneSchema = z.looseObject({ totals: z.looseObject({ requests: z.int() }) });

async function readJson(container: ContainerClient, name: string): Promise<unknown> {
  return JSON.parse((await container.getBlobClient(name).downloadToBuffer()).toString("utf8"));
}

it(`${ROWS} rows of CSV take less than ${MOST_MEGABYTES} MB of memory, and a call for each ${LEAST_ROWS_PER_CALL} rows`, async () => {
  const begun = Date.now();
  const crashed = once(child, "exit").then(([code]) => Promise.reject(new Error(`The process ended with ${code}`)));
  const record = `rows/${FILE}.json`;
  const finished = until(
    "the summary",
    () => listNames(results, record),
    ({ length }) => length === 1,
    3_500,
  );
  await Promise.race([finished, crashed]);
  const seconds = Math.round((Date.now() - begun) / 1_000);
  const { rows } = summarySchema.parse(await readJson(results, record));
  expect(rows).toMatchObject({ total: ROWS, succeeded: ROWS, failed: 0 });
  child.send("how much?");
  const [{ peakMegabytes }] = await once(child, "message");
  let calls = 0;
  for (const name of await listNames(work, "lanes/rows/"))
    calls += laneSchema.parse(await readJson(work, name)).totals.requests;
  process.stdout.write(
    `  peak ${peakMegabytes} MB, ${calls} calls, ${(ROWS / calls).toFixed(1)} rows a call, ${seconds} s\n`,
  );
  expect(peakMegabytes).toBeLessThan(MOST_MEGABYTES);
  // The last batch may not have been counted yet.
  expect(ROWS / calls).toBeGreaterThanOrEqual(LEAST_ROWS_PER_CALL);
}, 3_600_000);

it("the documentation states those figures", async () => {
  const architecture = await readFile(join(APP_DIRECTORY, "docs", "architecture.md"), "utf8");
  expect(architecture).toContain(`${MOST_MEGABYTES} MB`);
  expect(architecture).toContain(`${LEAST_ROWS_PER_CALL}.5 rows a call`);
});
