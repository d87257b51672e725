import { createHash } from "node:crypto";
import type { ScenarioDefinition } from "language-emulator";
import { type LanguageService, startLanguageService } from "language-emulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SAMPLES, type Stack, startStack } from "../../dev/stack/start-stack.ts";
import { StackDriver } from "./drive-stack.ts";
import { type Loose, list, misplaced, resolve } from "./kinds/loose.ts";
import { ownAccount } from "./own-account.ts";
import { until } from "./waiting.ts";
import { type PipelinesFile, writePipelines } from "./write-pipelines.ts";

const TEXT =
  "Then login-service failed with ERR_TOKEN for 20 minutes, and the invoice was charged twice. " +
  "Sam Carter, 030 1234 5678, says that the room was not clean.";

const TOPIC = { projectName: "tickets", deploymentName: "production" };
const FIVE = [
  { kind: "CustomSingleLabelClassification", name: "topic", ...TOPIC },
  { kind: "CustomEntityRecognition", name: "things", projectName: "incidents", deploymentName: "production" },
  { kind: "PiiEntityRecognition", name: "personal" },
  { kind: "KeyPhraseExtraction", name: "phrases" },
  { kind: "SentimentAnalysis", name: "mood", opinionMining: true },
];
const TWO = [
  { kind: "KeyPhraseExtraction", name: "phrases" },
  { kind: "EntityRecognition", name: "entities" },
];
const TWINS = [
  { kind: "PiiEntityRecognition", name: "people", piiCategories: ["Person"] },
  { kind: "EntityRecognition", name: "between" },
  { kind: "PiiEntityRecognition", name: "phones", piiCategories: ["PhoneNumber"] },
];
const CURRENT = "2024-11-01";
const OLDER = "v3.2-preview.2";

/** Each has a folder of its own, and documents that begin with its name: rules of the scenario tell jobs apart by that. */
const PIPELINES: readonly { name: string; apiVersion: string; tasks: object[]; [field: string]: unknown }[] = [
  { name: "five", apiVersion: CURRENT, tasks: FIVE },
  { name: "five-older", apiVersion: OLDER, tasks: FIVE },
  { name: "twins", apiVersion: CURRENT, tasks: TWINS },
  { name: "twins-older", apiVersion: OLDER, tasks: TWINS },
  { name: "one-task-stumbles", apiVersion: CURRENT, tasks: TWO },
  { name: "one-task-fails", apiVersion: CURRENT, tasks: TWO },
  { name: "one-task-fails-older", apiVersion: OLDER, tasks: TWO },
  { name: "language", apiVersion: CURRENT, language: "de", tasks: [...TWO, { kind: "EntityLinking", name: "links" }] },
  { name: "half", apiVersion: CURRENT, tasks: TWO, maxWaitSeconds: 3 },
  { name: "none", apiVersion: CURRENT, tasks: TWO },
  { name: "job-fails-once", apiVersion: CURRENT, tasks: TWO },
  { name: "cancelled", apiVersion: CURRENT, tasks: TWO },
  { name: "cancelled-late", apiVersion: CURRENT, tasks: TWO },
  { name: "future", apiVersion: CURRENT, tasks: TWO },
  { name: "future-older", apiVersion: OLDER, tasks: TWO },
  { name: "date-one", apiVersion: "2022-05-01", tasks: TWO },
  { name: "date-other", apiVersion: "2022-10-01-preview", tasks: TWO },
  { name: "detected", apiVersion: "2023-04-15-preview", language: "auto", tasks: TWO },
  {
    name: "crowd",
    apiVersion: "2023-04-15-preview",
    tasks: [{ kind: "CustomHealthcare", projectName: "visits", deploymentName: "production" }, ...TWO],
  },
];

/** What happens to the jobs of a pipeline: to all, or to the n-th. */
const on = (pipeline: string, action: object, nth?: number) => ({
  name: pipeline,
  when: { operation: "submit", text: `${pipeline}: `, ...(nth === undefined ? {} : { nth }) },
  do: action,
});
const broken = (task: number) => ({ action: "failTask", task, code: "InternalServerError", message: "It broke." });

const SCENARIO = {
  rules: [
    on("one-task-stumbles", broken(1), 1),
    on("one-task-fails", broken(1), 1),
    ...[2, 3, 4, 5, 6].map((nth) => on("one-task-fails", broken(0), nth)),
    on("one-task-fails-older", broken(0)),
    on("half", { action: "documentErrors", share: 0.5 }),
    on("none", { action: "documentErrors", share: 1 }),
    on("job-fails-once", { action: "failJob" }, 1),
    on("cancelled", { action: "stayRunning", seconds: 60 }, 1),
    on("cancelled-late", { action: "stayRunning", seconds: 12 }, 1),
    on("future", { action: "futureTask" }),
    on("future-older", { action: "futureTask" }),
    on("date-one", { action: "stayRunning", seconds: 2 }),
    on("date-other", { action: "stayRunning", seconds: 2 }),
  ],
} as ScenarioDefinition;

const COUNTS: Readonly<Record<string, number>> = { half: 4, none: 2, crowd: 23, language: 0 };
const DOCUMENTS = PIPELINES.flatMap(({ name }) =>
  Array.from({ length: COUNTS[name] ?? 1 }, (_, n): [name: string, text: string] => [
    `${name}/${n}.txt`,
    `${name}: ${n}. ${TEXT}`,
  ]),
);

let language: LanguageService;
let pipelines: PipelinesFile;
let stack: Stack;
let driver: StackDriver;
const submitted: { pipeline: string; jobId: string; documents: number }[] = [];

beforeAll(async () => {
  language = await startLanguageService({ projects: SAMPLES, jobSeconds: { from: 0.2, to: 0.5 }, scenario: SCENARIO });
  pipelines = await writePipelines(PIPELINES.map((pipeline) => ({ match: `${pipeline.name}/**`, ...pipeline })));
  stack = await startStack({
    storage: ownAccount(),
    pipelines: pipelines.path,
    language: { endpoint: language.url, key: language.key },
    settings: { MAX_ATTEMPTS: "2" },
    log: ({ message }) => {
      if (message.startsWith('{"event":"job.submitted"')) submitted.push(JSON.parse(message));
    },
  });
  driver = new StackDriver(stack);
  await driver.drop(DOCUMENTS);
  await Promise.all([cancelWhen("cancelled", () => true), cancelWhen("cancelled-late", hasOneTask)]);
  await driver.recordsUnder("", DOCUMENTS.length);
});

afterAll(async () => {
  await stack?.stop();
  await pipelines?.[Symbol.asyncDispose]();
  await language?.stop();
});

function hasOneTask({ tasks }: Loose): boolean {
  return (tasks as Loose).completed === 1;
}

/** Plays the colleague who cancels a job of ours. */
async function cancelWhen(pipeline: string, ready: (job: Loose) => boolean): Promise<void> {
  const jobId = await until(
    `a job of ${pipeline}`,
    async () => submitted.find((job) => job.pipeline === pipeline)?.jobId,
    (found) => found !== undefined,
  );
  const call = (method: string, path: string) =>
    fetch(`${language.url}/language/analyze-text/jobs/${jobId}${path}?api-version=${CURRENT}`, {
      method,
      headers: { "Ocp-Apim-Subscription-Key": language.key },
    });
  await until(`job ${jobId}`, async () => (await (await call("GET", "")).json()) as Loose, ready);
  expect((await call("POST", ":cancel")).status).toBe(202);
}

/** How often the document of a pipeline was analysed by each task; cancelled and lost jobs count, failed tasks do not. */
function timesAnalysed(pipeline: string): Record<string, number> {
  const hash = createHash("sha256").update(textOf(pipeline)).digest("hex");
  const { analyses } = language.stats();
  return Object.fromEntries(
    analyses.flatMap(({ textHash, task, count }) => (textHash === hash ? [[task, count]] : [])),
  );
}

const resultOf = (pipeline: string, document = 0) => driver.readResult(pipeline, `${pipeline}/${document}.txt`);
const tasksOf = async (pipeline: string) => list(await resultOf(pipeline), "tasks");
const textOf = (pipeline: string) => `${pipeline}: 0. ${TEXT}`;

describe.each(["five", "five-older"])("a pipeline of five tasks (%s)", (pipeline) => {
  it("gives one result with five answers, from one job", async () => {
    const { status, jobs, usage } = await resultOf(pipeline);
    expect({ status, jobs, usage }).toMatchObject({ status: "succeeded", jobs: [{}], usage: { textRecords: 5 } });
    expect(submitted.filter((job) => job.pipeline === pipeline)).toMatchObject([{ documents: 1 }]);
    const [topic = {}, things = {}, personal = {}, phrases = {}, mood = {}, ...others] = await tasksOf(pipeline);
    expect(others).toEqual([]);
    expect([topic, things, personal, phrases, mood].map(({ name, kind }) => ({ name, kind }))).toEqual(
      FIVE.map(({ name, kind }) => ({ name, kind })),
    );
    expect(list(topic, "classes")).toHaveLength(1);
    expect(list(things, "entities").map(({ text }) => text)).toContain("ERR_TOKEN");
    expect(list(personal, "entities").map(({ category }) => category)).toEqual(["Person", "PhoneNumber"]);
    expect(phrases.keyPhrases).toContain("invoice");
    expect(mood.sentiment).toBe("negative");
    for (const task of [things, personal, mood]) expect(misplaced(task, textOf(pipeline))).toEqual([]);
    const [target = {}] = list(mood, "sentences").flatMap((sentence) => list(sentence, "targets"));
    expect(list(target, "relations").map(({ ref }) => resolve(mood, ref).text)).toEqual(["failed"]);
  });
});

describe.each(["twins", "twins-older"])("two tasks of one kind in a pipeline (%s)", (pipeline) => {
  it("each have their own answer, whatever stands between them", async () => {
    const found = (await tasksOf(pipeline)).map((task) => [
      task.name,
      ...new Set(list(task, "entities").map(({ category }) => category)),
    ]);
    expect(found).toEqual([
      ["people", "Person"],
      ["between", "DateTime", "Person", "PhoneNumber"],
      ["phones", "PhoneNumber"],
    ]);
  });
});

describe("a task that fails", () => {
  it("for no fault of the document's is asked again, and no other", async () => {
    const result = await resultOf("one-task-stumbles");
    expect(result).toMatchObject({ status: "succeeded", tasks: [{}, {}], jobs: [{}, {}], usage: { textRecords: 2 } });
    expect(timesAnalysed("one-task-stumbles")).toEqual({ KeyPhraseExtraction: 1, EntityRecognition: 1 });
  });

  it.each([
    { pipeline: "one-task-fails", fails: "entities", answers: "phrases" },
    { pipeline: "one-task-fails-older", fails: "phrases", answers: "entities" },
  ])("again and again costs no other task its answer ($pipeline)", async ({ pipeline, fails, answers }) => {
    const result = await resultOf(pipeline);
    expect(result).toMatchObject({ status: "partiallySucceeded", usage: { textRecords: 1 } });
    const tasks = list(result, "tasks");
    expect(tasks.find(({ name }) => name === answers)).toMatchObject({ status: "succeeded" });
    expect(tasks.find(({ name }) => name === fails)).toMatchObject({
      status: "failed",
      error: { code: "InternalServerError", message: "It broke.", hint: expect.stringMatching(/./) },
    });
  });

  it("for every document, because it does not know the pipeline's language, waits until that is put right", async () => {
    await driver.drop([["language/0.txt", `language: 0. ${TEXT}`]]);
    const reasons = await until(
      "the lane to say why it waits",
      async () => {
        const { pipelines } = await driver.get<{ pipelines: { name: string; blocked: Loose[] }[] }>("pipelines");
        return pipelines.find(({ name }) => name === "language")?.blocked ?? [];
      },
      ({ length }) => length > 0,
    );
    expect(reasons).toMatchObject([
      {
        code: "UnsupportedPipelineLanguage",
        message: expect.stringMatching(/^Task "links" .* "de": .*Supported languages/),
        hint: expect.stringContaining("Set language of the pipeline"),
      },
    ]);
  });
});

describe("a job that succeeds", () => {
  it("with half of its documents refused gives the other half", async () => {
    const names = [0, 1, 2, 3].map((n) => `half/${n}.txt`);
    const standings = await Promise.all(
      names.map((name) => driver.get<{ places: { state: string }[] }>(`documents/${name}`)),
    );
    const states = standings.map(({ places }) => places[0]?.state);
    expect(states.toSorted()).toEqual(["failed", "failed", "succeeded", "succeeded"]);
    for (const [index, name] of names.entries()) {
      if (states[index] === "succeeded") {
        expect(await driver.readResult("half", name)).toMatchObject({ status: "succeeded", tasks: [{}, {}] });
      } else {
        expect(await driver.readFailure("half", name)).toMatchObject({
          error: { code: "InvalidDocument", source: "service", task: "phrases" },
          attempts: 1,
        });
      }
    }
  });

  it("with all of its documents refused gives no result", async () => {
    for (const name of ["none/0.txt", "none/1.txt"]) {
      expect(await driver.readFailure("none", name)).toMatchObject({
        error: { code: "InvalidDocument", message: "The document could not be processed.", source: "service" },
        tasks: [{ status: "failed" }, { status: "failed" }],
      });
    }
  });
});

it("a kind of task that takes fewer documents than others decides how many go into a job", () => {
  const sizes = submitted.filter(({ pipeline }) => pipeline === "crowd").map(({ documents }) => documents);
  expect(sizes.reduce((sum, documents) => sum + documents, 0)).toBe(23);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(20);
});

describe("a job that comes to nothing", () => {
  it.each(["job-fails-once", "cancelled"])("is sent again (%s)", async (pipeline) => {
    expect(await resultOf(pipeline)).toMatchObject({ status: "succeeded", tasks: [{}, {}], jobs: [{}] });
    expect(submitted.filter((job) => job.pipeline === pipeline)).toHaveLength(2);
  });

  it("except for the tasks that had answered when it was cancelled", async () => {
    expect(await resultOf("cancelled-late")).toMatchObject({ status: "succeeded", tasks: [{}, {}], jobs: [{}, {}] });
    const times = Object.values(timesAnalysed("cancelled-late"));
    expect(times.toSorted()).toEqual([1, 2]);
  });
});

describe("what the service will be able to do one day", () => {
  it.each(["future", "future-older"])("a kind of task that nobody asked for is passed over (%s)", async (pipeline) => {
    expect(await resultOf(pipeline)).toMatchObject({
      status: "succeeded",
      tasks: [
        { name: "phrases", status: "succeeded" },
        { name: "entities", status: "succeeded" },
      ],
    });
  });

  it("the language that it found out stands where it put it", async () => {
    const [phrases = {}] = await tasksOf("detected");
    expect(phrases.detectedLanguage).toMatchObject({ iso6391Name: "en" });
  });
});

describe("the date of a job's last change", () => {
  it.each(["date-one", "date-other"])("is read however the version spells it (%s)", async (pipeline) => {
    const [job = {}] = list(await resultOf(pipeline), "jobs");
    const seconds = (Date.parse(String(job.lastUpdatedDateTime)) - Date.parse(String(job.createdDateTime))) / 1000;
    expect(seconds).toBeGreaterThanOrEqual(1);
  });
});

it("each document has one record", async () => {
  expect(await driver.broken(DOCUMENTS.map(([name]) => name))).toEqual([]);
});

it("nothing was done that Azure would punish", () => {
  expect([...stack.host.violations]).toEqual([]);
});
