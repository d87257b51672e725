import { beforeEach, describe, expect, it } from "vitest";
import { firstStep, type LaneStep } from "../../src/lib/lane/lane.ts";
import type { Task } from "../../src/lib/language/analysis.ts";
import { createAnalysisClient } from "../../src/lib/language/analysis-client.ts";
import { LaneFixture } from "../helpers/lane-fixture.ts";
import { type Reply, type ScriptedServer, scriptedServer } from "../lib/language/scripted-server.ts";

// From a dropped document to what a reader sees, through the real client: answers as recorded services gave them, in our
// own values. A document is never sent twice for an answer that cannot be read, and never fails for a setting.

const DOCUMENTS = 5;
const PHRASES: Task = { kind: "KeyPhraseExtraction", name: "phrases", parameters: {} };
const PII: Task = { kind: "PiiEntityRecognition", name: "pii", parameters: {} };

/** What the service says of its jobs; everything has a good answer where the script has none. */
interface Script {
  /** Answers a submission that is not simply taken. */
  submit?: (post: number) => { status: number; headers?: Record<string, string>; body?: object } | undefined;
  /** Fields of the state of a finished job. */
  state?: (ids: string[], job: number) => object | undefined;
}

let fixture: LaneFixture;
let server: ScriptedServer;
let script: Script;

const answers = (ids: string[], words: object = { status: "succeeded" }, errors: object[] = []) => ({
  taskName: "phrases",
  kind: "KeyPhraseExtractionLROResults",
  ...words,
  results: { documents: ids.map((id) => ({ id, keyPhrases: ["x"], warnings: [] })), errors },
});

async function open(apiVersion: string, tasks: Task[] = [PHRASES]): Promise<void> {
  fixture = await LaneFixture.create({ apiVersion, tasks });
  for (let n = 0; n < DOCUMENTS; n++) await fixture.drop(`${n}.txt`, `text ${n}`);
  const jobs: string[][] = [];
  const service: Reply = (response, { method, url, headers, body }) => {
    const send = (status: number, answer: unknown, more: Record<string, string> = {}) =>
      void response.writeHead(status, { "content-type": "application/json", ...more }).end(JSON.stringify(answer));
    if (method === "POST") {
      const { documents } = (body as { analysisInput: { documents: { id: string }[] } }).analysisInput;
      const job = jobs.push(documents.map(({ id }) => id)) - 1;
      const location = `http://${headers.host}${url.split("?")[0]?.replace(/(\/jobs)?$/, "/jobs")}/${job}`;
      const {
        status = 202,
        headers: own = { "operation-location": location },
        body: refusal,
      } = script.submit?.(jobs.length) ?? {};
      return send(status, refusal ?? {}, own);
    }
    const job = Number(/\/jobs\/(\d+)/.exec(url)?.[1]);
    const state = script.state?.(jobs[job] ?? [], job) ?? { tasks: { items: [answers(jobs[job] ?? [])] } };
    const dates = { createdDateTime: "2025-03-01T12:00:00Z", lastUpdatedDateTime: "2025-03-01T12:00:01Z" };
    send(200, { jobId: String(job), status: "succeeded", errors: [], ...dates, ...state });
  };
  server = await scriptedServer(...Array.from({ length: 300 }, () => service));
}

/** Runs the lane until it is blocked, or has nothing to do. */
async function run(from?: LaneStep, steps = 120): Promise<LaneStep> {
  const { apiVersion } = fixture.pipeline;
  const { endpoint } = server;
  const client = createAnalysisClient({ endpoint, apiVersion, credential: { key: "k" }, timeoutSeconds: 60 });
  let step = from ?? firstStep({ pipeline: fixture.pipeline.name, lane: 0 });
  for (let taken = 0; taken < steps; taken++) {
    step = await fixture.step(step, { endpoints: [endpoint], client: () => client });
    const { state } = step.status;
    if (step.action === "close" || state === "closing" || state === "blocked") return step;
    fixture.skippedMs += step.afterSeconds * 1000;
  }
  return step;
}

const posts = () => server.seen.filter(({ method }) => method === "POST").length;

beforeEach(() => {
  script = {};
});

describe("a wrong setting that is told inside an accepted job", () => {
  it.each([
    [
      "at the task",
      { code: "InvalidRequest", message: "Parameter value 'bad' is not supported.", target: "#/tasks/items/0" },
    ],
    [
      "as a missing deployment",
      { code: "InvalidArgument", message: "Deployment 'd' was not found.", target: "#/tasks/items/0" },
    ],
    ["of no task, though the task is listed", { code: "InvalidArgument", message: "Deployment 'd' was not found." }],
  ])("%s blocks the lane and fails no document", async (_, error) => {
    const item = { taskName: "phrases", status: "failed" };
    script.state = () => ({ status: "failed", errors: [error], tasks: { items: "target" in error ? [] : [item] } });
    await open("2023-04-01");
    const { status } = await run();
    expect(status).toMatchObject({ state: "blocked" });
    expect(status.reason?.message).toContain(error.message);
    expect([...(await fixture.failures()), ...(await fixture.results())]).toEqual([]);
    expect(posts()).toBeLessThanOrEqual(3);
  });
});

it.each(["each document", "All", ""])(
  "a fault of the service that is blamed on %j is asked again, and fails nobody",
  async (id) => {
    const error = { code: "InvalidRequest", message: "Request to an inner address failed: no such device" };
    script.state = (ids, job) => {
      const errors = id === "each document" ? ids.map((one) => ({ id: one, error })) : [{ id, error }];
      return job === 0 ? { tasks: { items: [answers([], { status: "succeeded" }, errors)] } } : undefined;
    };
    await open("2023-04-01");
    await run();
    expect(await fixture.failures()).toEqual([]);
    expect(await fixture.results()).toHaveLength(DOCUMENTS);
  },
);

describe("a submission that is taken", () => {
  it("under a relative address is followed, and not sent again", async () => {
    script.submit = (post) => ({
      status: 202,
      headers: { "operation-location": `/language/analyze-text/jobs/${post - 1}?api-version=2023-04-01` },
    });
    await open("2023-04-01");
    await run();
    expect(await fixture.results()).toHaveLength(DOCUMENTS);
    expect(posts()).toBe(1);
  });

  it.each<[string, Record<string, string>]>([
    ["no address", {}],
    ["an address that is none", { "operation-location": "https://[language/jobs" }],
    ["an address of no job", { "operation-location": "/language/analyze-text/jobs" }],
  ])("with %s blocks the lane, and is not sent again", async (_, headers) => {
    script.submit = () => ({ status: 202, headers });
    await open("2023-04-01");
    let step = await run();
    for (let again = 0; again < 20; again++) step = await run(step, 1);
    expect(step.status).toMatchObject({ state: "blocked", reason: { code: "NoJobNamed" } });
    expect(posts()).toBe(1);
  });
});

it("a used-up quota blocks the lane, says which, and is asked again long before it ends", async () => {
  const message = "Out of call volume quota for TextAnalytics F0 pricing tier. Please retry after 15 days.";
  script.submit = () => ({
    status: 403,
    headers: { "Retry-After": "1296000" },
    body: { error: { code: "403", message } },
  });
  await open("2023-04-01");
  const step = await run();
  expect(step.status).toMatchObject({
    state: "blocked",
    reason: { code: "QuotaExceeded", hint: expect.stringMatching(/F0 pricing tier is used up until \d{4}-/) },
  });
  expect(step.afterSeconds).toBeLessThanOrEqual(fixture.limits.longestBlockedSeconds);
});

describe("an answer of v3.2-preview.2", () => {
  it("that calls a task's state state is read the first time", async () => {
    script.state = (ids) => ({ tasks: { total: 1, keyPhraseExtractionTasks: [answers(ids, { state: "succeeded" })] } });
    await open("v3.2-preview.2");
    await run();
    expect(await fixture.results()).toHaveLength(DOCUMENTS);
    expect(posts()).toBe(1);
  });

  it("that points at a task by another name tells why that task failed", async () => {
    const error = {
      code: "InvalidRequest",
      message: "The domain is not known",
      target: "#/tasks/piiEntityRecognitionTasks/0",
    };
    script.state = (ids) => ({
      status: "partiallySucceeded",
      errors: [error],
      tasks: {
        entityRecognitionPiiTasks: [{ taskName: "pii", state: "failed" }],
        keyPhraseExtractionTasks: [answers(ids, { state: "succeeded" })],
      },
    });
    await open("v3.2-preview.2", [PHRASES, PII]);
    const { status } = await run();
    expect(status.reason?.message).toContain(error.message);
    expect(await fixture.failures()).toEqual([]);
  });

  it("that cannot be read blocks the lane, and is not paid for again", async () => {
    const odd = { taskName: "phrases", state: "succeeded", outcome: "elsewhere" };
    script.state = () => ({ tasks: { total: 1, keyPhraseExtractionTasks: [odd] } });
    await open("v3.2-preview.2");
    let step = await run();
    for (let again = 0; again < 20; again++) step = await run(step, 1);
    expect(step.status).toMatchObject({ state: "blocked", reason: { code: "UnreadableTask" } });
    expect(posts()).toBe(1);

    script.state = (ids) => ({ tasks: { total: 1, keyPhraseExtractionTasks: [answers(ids, {})] } });
    fixture.skippedMs += 300_000;
    for (let again = 0; again < 5 && step.status.state !== "closing"; again++) step = await run(step, 20);
    expect(await fixture.results()).toHaveLength(DOCUMENTS);
    expect(posts()).toBe(1);
  });
});
