import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { BlobServiceClient } from "@azure/storage-blob";
import pMap from "p-map";
import { z } from "zod";
import { dropFiles, listFolder } from "./demo/drop-folder.ts";
import { judge, type Standing } from "./demo/judge.ts";
import { countRecords, readRecords } from "./demo/read-records.ts";
import { ProgressLine, recordTable } from "./demo/show.ts";
import { APP_DIRECTORY, startStack } from "./stack/start-stack.ts";

/** Nothing moved for so long: something is wrong, and it is better to say so than to wait. */
const PATIENCE_MS = 120_000;

const { values } = parseArgs({ options: { documents: { type: "string" }, pipelines: { type: "string" } } });
const folder = resolve(values.documents ?? join(APP_DIRECTORY, "samples", "documents"));

const pipelinesSchema = z.object({
  pipelines: z.array(
    z.looseObject({
      name: z.string(),
      waiting: z.number(),
      lanes: z.array(z.looseObject({ batch: z.looseObject({ documents: z.number() }).optional() })),
      blocked: z.array(z.object({ code: z.string(), message: z.string(), hint: z.string() })),
      totals: z.looseObject({ jobs: z.number(), requests: z.number(), textRecords: z.number() }),
    }),
  ),
});

const documents = await listFolder(folder).catch(() => []);
if (documents.length === 0) {
  console.error(`${folder} holds no files; name a folder with documents: npm run demo -- --documents DIR`);
  process.exit(2);
}

console.log("Starting storage, the Language service emulator and the functions …");
const stack = await startStack({ ...(values.pipelines === undefined ? {} : { pipelines: values.pipelines }) });
const blobs = BlobServiceClient.fromConnectionString(stack.storage);
const results = blobs.getContainerClient("results");
const failed = blobs.getContainerClient("failed");
const started = Date.now();

console.log(`Dropping ${documents.length} documents from ${folder} …`);
const dropped = dropFiles(folder, documents, blobs.getContainerClient("documents"));
const progress = new ProgressLine();
let dropsDone = false;
void dropped.then(() => {
  dropsDone = true;
});

let seen = "";
let movedAt = Date.now();
let overview = await readPipelines();
for (;;) {
  const [done, failures] = [await countRecords(results), await countRecords(failed)];
  overview = await readPipelines();
  const waiting = overview.reduce((sum, pipeline) => sum + pipeline.waiting, 0);
  const running = overview.flatMap(({ lanes }) => lanes).reduce((sum, lane) => sum + (lane.batch?.documents ?? 0), 0);
  const state = `waiting ${waiting}  running ${running}  done ${done}  failed ${failures}`;
  progress.show(state);
  if (state !== seen) movedAt = Date.now();
  seen = state;
  if (dropsDone && waiting === 0 && running === 0 && done + failures >= documents.length) break;
  if (Date.now() - movedAt > PATIENCE_MS) break;
  await sleep(500);
}
progress.end();
await dropped;

const records = [...(await readRecords(results)), ...(await readRecords(failed))];
const standings = await pMap(documents, readStanding, { concurrency: 8 });
const problems = judge(standings, records);
const seconds = (Date.now() - started) / 1000;
await stack.stop();

console.log(`\n${recordTable(records)}\n`);
const sample = records.find(({ record }) => record.status === "succeeded");
if (sample !== undefined) {
  console.log(`One result, ${sample.container}/${sample.blob}:\n${sample.text.trim()}\n`);
}
for (const { name, blocked } of overview) {
  for (const { code, message, hint } of blocked)
    console.log(`Pipeline ${name} is blocked: ${code}: ${message}. ${hint}`);
}
const total = (key: "jobs" | "requests" | "textRecords"): number =>
  overview.reduce((sum, { totals }) => sum + totals[key], 0);
const succeeded = records.filter(({ container }) => container === "results").length;
console.log(
  `${documents.length} documents in ${seconds.toFixed(1)} s: ${succeeded} results, ${records.length - succeeded} failure ` +
    `records; ${total("jobs")} jobs, ${total("requests")} service calls, ${total("textRecords")} text records.`,
);
for (const violation of stack.host.violations)
  console.log(`The host complains: ${violation.code}: ${violation.message}`);
for (const problem of problems) console.log(`Not in exactly one place: ${problem}`);
if (problems.length === 0) console.log("Every document ended in exactly one place.");
process.exit(problems.length === 0 && stack.host.violations.length === 0 ? 0 : 1);

async function readPipelines(): Promise<z.output<typeof pipelinesSchema>["pipelines"]> {
  const answer = await fetch(`${stack.functions}/api/pipelines`);
  return pipelinesSchema.parse(await answer.json()).pipelines;
}

async function readStanding(name: string): Promise<Standing> {
  const path = name.split("/").map(encodeURIComponent).join("/");
  const answer = await fetch(`${stack.functions}/api/documents/${path}`);
  return z
    .object({
      name: z.string(),
      places: z.array(z.object({ pipeline: z.string(), state: z.string(), record: z.string().optional() })),
    })
    .parse(await answer.json());
}
