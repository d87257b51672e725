import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type LanguageService, startLanguageService } from "language-emulator";
import { textHash } from "language-emulator/text";
import { afterAll, beforeAll, expect, it } from "vitest";
import { SAMPLES } from "../../dev/stack/start-stack.ts";
import { randomNumbers } from "../helpers/random-numbers.ts";
import { StackDriver } from "./drive-stack.ts";
import { LocalProcess } from "./local-process.ts";
import { listNames, until } from "./waiting.ts";

/** Deaths at random moments; the seed is printed when the test fails. */
const KILLS = 5;
/** As in Azure, the step that was under way stands until its lock ends; a minute of it would be waited for at each kill. */
const SHORT_LOCKS =
  "AzureFunctionsJobHost__extensions__durableTask__storageProvider__workItemQueueVisibilityTimeout=00:00:05";
const SEED = Number(process.env.KILL_SEED ?? Date.now() % 100_000);

let language: LanguageService;
let directory: string;
let running: LocalProcess | undefined;

beforeAll(async () => {
  language = await startLanguageService({ projects: SAMPLES });
  directory = await mkdtemp(join(tmpdir(), "language-batch-"));
});

afterAll(async () => {
  await running?.stop();
  await language?.stop();
  await rm(directory, { recursive: true, force: true });
});

it(`survives being killed ${KILLS} times (seed ${SEED}): each document ends in one place, analysed once`, async () => {
  const start = (): Promise<LocalProcess> =>
    LocalProcess.start(["--data", directory, "--language", language.url, "--set", SHORT_LOCKS], {
      LANGUAGE_KEY: language.key,
    });
  const documents = Array.from(
    { length: 400 },
    (_, n) => [`tickets/k/${n}.txt`, `Kill ${n}: the printer on floor ${n % 7} is out of paper.`] as [string, string],
  );
  const random = randomNumbers(SEED);
  running = await start();
  let driver = new StackDriver(running.ready);
  await driver.drop(documents);
  for (let kill = 0; kill < KILLS; kill++) {
    await sleep(1_000 + random() * 5_000);
    await running.kill();
    running = await start();
    driver = new StackDriver(running.ready);
  }
  await driver.recordsUnder("tickets/tickets/k/", documents.length, 240);
  await until(
    "the lanes to be done",
    () => driver.get<{ pipelines: { waiting: number; lanes: { batch?: object }[] }[] }>("pipelines"),
    ({ pipelines }) => pipelines.every(({ waiting, lanes }) => waiting === 0 && lanes.every(({ batch }) => !batch)),
    180,
  );
  expect(await driver.broken(documents.map(([name]) => name))).toEqual([]);
  expect(await listNames(driver.failed)).toEqual([]);
  expect(await listNames(driver.work, "batches/")).toEqual([]);

  const counts = new Map(language.stats().analyses.map(({ textHash: hash, count }) => [hash, count]));
  const twice = documents.filter(([, text]) => (counts.get(textHash(text)) ?? 0) > 1);
  // A job goes out twice only if the process died between the service's answer and the ticket: at most one a death.
  expect(twice.length).toBeLessThanOrEqual(KILLS * 25);
  expect(documents.filter(([, text]) => !counts.has(textHash(text)))).toEqual([]);
  // Documents that were being read at two deaths go on in parts of ten: more jobs, but far from one a document.
  expect(language.stats().jobs.accepted).toBeLessThanOrEqual(documents.length / 10 + 4 * KILLS);
}, 600_000);
