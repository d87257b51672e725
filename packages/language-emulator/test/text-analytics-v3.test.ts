import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, at, EmulatorFixture, type Loose, locationOf } from "./emulator-fixture.ts";

let emulator: EmulatorFixture;
beforeAll(async () => {
  emulator = await EmulatorFixture.start();
});
afterAll(() => emulator.service.stop());

const CT1 = "/text/analytics/v3.1-preview.ct.1/analyze";
const V32 = "/text/analytics/v3.2-preview.2/analyze";
const TEXT = "Invoices are due within thirty days. Late payment bears interest.";

async function run(path: string, tasks: object, texts: readonly string[] = [TEXT], query = ""): Promise<Answer> {
  const documents = texts.map((text, index) => ({ id: `doc${index + 1}`, text }));
  const accepted = await emulator.call("POST", path, { displayName: "MyJobName", analysisInput: { documents }, tasks });
  if (accepted.status !== 202) return accepted;
  expect(locationOf(accepted)).toMatch(new RegExp(`^${emulator.service.url}${path}/jobs/[0-9a-f-]{36}(_\\d+)?$`));
  emulator.clock.advance(10);
  return await emulator.call("GET", locationOf(accepted) + query);
}

async function modelId(projectName: string): Promise<string> {
  const { body } = await emulator.call("GET", "/_emulator/projects");
  const project = at(body, "projects").find((candidate) => String(candidate.projectName) === projectName);
  return String(project?.publishedModelId);
}

describe("v3.1-preview.ct.1", () => {
  const task = async (project: string): Promise<object> => ({
    parameters: { modelId: await modelId(project), stringIndexType: "TextElements_v8" },
  });

  it("answers several classes in doubled tasks with details, all of it completed", async () => {
    const { body } = await run(CT1, { customMultiClassificationTasks: [await task("contracts")] });
    expect(body).toMatchObject({
      displayName: "MyJobName",
      lastUpdateDateTime: "2026-03-01T12:00:10Z",
      status: "completed",
      errors: [],
    });
    expect(body.tasks).toEqual({
      details: { name: "MyJobName", lastUpdateDateTime: "2026-03-01T12:00:10Z", status: "completed" },
      completed: 1,
      failed: 0,
      inProgress: 0,
      total: 1,
      tasks: {
        customMultiClassificationTasks: [
          {
            lastUpdateDateTime: expect.stringMatching(/Z$/),
            name: "MyJobName",
            status: "completed",
            results: {
              documents: [
                { id: "doc1", classes: [{ category: "payment", confidenceScore: expect.any(Number) }], warnings: [] },
              ],
              errors: [],
              statistics: { documentsCount: 1, erroneousDocumentsCount: 0, transactionsCount: 1 },
            },
          },
        ],
      },
    });
  });

  it("answers one class as an array, too, and counts valid documents when statistics are asked for", async () => {
    const tasks = { customClassificationTasks: [await task("tickets")] };
    const { body } = await run(CT1, tasks, ["The invoice was charged twice."], "?showStats=true");
    const results = at(body, "tasks", "tasks", "customClassificationTasks", 0, "results");
    expect(at(results, "documents", 0, "classes")).toMatchObject([{ category: "billing" }]);
    expect(results.statistics).toMatchObject({ validDocumentsCount: 1 });
  });

  it("is running before it is completed", async () => {
    const documents = [{ id: "1", text: TEXT }];
    const tasks = { customMultiClassificationTasks: [await task("contracts")] };
    const accepted = await emulator.call("POST", CT1, { analysisInput: { documents }, tasks });
    emulator.clock.advance(5);
    expect((await emulator.call("GET", locationOf(accepted))).body).toMatchObject({
      status: "running",
      tasks: { details: { status: "running" }, inProgress: 1, tasks: {} },
    });
  });

  it.each([
    ["a model that is not published", { modelId: "6f0c8f3e_MultiClassification_latest" }, 404],
    ["no model", { projectName: "contracts", deploymentName: "production" }, 400],
  ])("refuses a task with %s", async (_, parameters, status) => {
    expect((await run(CT1, { customMultiClassificationTasks: [{ parameters }] })).status).toBe(status);
  });

  it("refuses a model in the list of another kind", async () => {
    expect((await run(CT1, { customClassificationTasks: [await task("contracts")] })).status).toBe(400);
  });
});

describe("v3.2-preview.2", () => {
  const parameters = (project: string) => ({ "project-name": project, "deployment-name": "production" });

  it("keeps tasks in flat lists and spells classes by kind", async () => {
    const { body } = await run(
      V32,
      {
        customSingleClassificationTasks: [{ taskName: "one", parameters: parameters("tickets") }],
        customMultiClassificationTasks: [{ taskName: "many", parameters: parameters("contracts") }],
        customEntityRecognitionTasks: [
          { parameters: { ...parameters("incidents"), stringIndexType: "UnicodeCodePoint" } },
        ],
        keyPhraseExtractionTasks: [
          { parameters: { "model-version": "latest" } },
          { taskName: "again", parameters: {} },
        ],
      },
      ["Invoices for \u{1F469}\u{1F3FB} checkout-api are due within thirty days."],
      "?showStats=true",
    );
    expect(body).toMatchObject({ status: "succeeded", tasks: { completed: 5, total: 5 } });
    const tasks = at(body, "tasks");
    const first = (list: string): Loose => at(tasks, list, 0, "results", "documents", 0);
    expect(tasks).not.toHaveProperty("items");
    expect(tasks).not.toHaveProperty("details");
    expect(at(tasks, "customSingleClassificationTasks", 0)).toMatchObject({ taskName: "one", state: "succeeded" });
    expect(first("customSingleClassificationTasks")).toMatchObject({ classification: { category: "billing" } });
    expect(at(first("customMultiClassificationTasks"), "classifications", 0)).toMatchObject({ category: "payment" });
    expect(at(first("customEntityRecognitionTasks"), "entities")).toMatchObject([{ text: "checkout-api", offset: 16 }]);
    expect(at(tasks, "customMultiClassificationTasks", 0, "results")).toMatchObject({
      projectName: "contracts",
      deploymentName: "production",
      statistics: { validDocumentsCount: 1 },
    });
    expect(tasks.keyPhraseExtractionTasks).toHaveLength(2);
  });

  it("pages with $top, $skip and @nextLink", async () => {
    const texts = Array.from({ length: 25 }, (_, index) => `Text number ${index}`);
    const { body } = await run(V32, { keyPhraseExtractionTasks: [{}] }, texts);
    const documents = (page: Loose): Loose => at(page, "tasks", "keyPhraseExtractionTasks", 0, "results", "documents");
    expect(documents(body)).toHaveLength(20);
    expect(String(body["@nextLink"])).toContain("&$top=5&$skip=20");
    const { body: second } = await emulator.call("GET", String(body["@nextLink"]));
    expect(documents(second).map(({ id }) => id)).toEqual(["doc21", "doc22", "doc23", "doc24", "doc25"]);
    expect(second).not.toHaveProperty("@nextLink");
  });

  it("is completed in part when a task has failed, which an error points at by its list", async () => {
    emulator.service.setScenario({ rules: [{ do: { action: "failTask", task: 1 }, times: 1 }] });
    const tasks = { keyPhraseExtractionTasks: [{}, { taskName: "second" }] };
    expect((await run(V32, tasks)).body).toMatchObject({
      status: "partiallyCompleted",
      errors: [{ code: "InternalServerError", target: "#/tasks/keyPhraseExtractionTasks/1" }],
      tasks: { completed: 1, failed: 1, keyPhraseExtractionTasks: [{ state: "succeeded" }, { state: "failed" }] },
    });
  });

  it("refuses two tasks of one kind that have no name", async () => {
    const { status, body } = await run(V32, { keyPhraseExtractionTasks: [{}, {}] });
    expect([status, body.error]).toEqual([
      400,
      {
        code: "InvalidRequest",
        message: "InvalidTask in AnalyzeInput",
        innererror: {
          code: "InvalidRequestBodyFormat",
          message: "Duplicate task name  for task type KeyPhraseExtraction",
        },
      },
    ]);
  });

  it("does not know the list of the older preview", async () => {
    const { status, body } = await run(V32, { customClassificationTasks: [{ parameters: parameters("tickets") }] });
    expect([status, at(body, "error", "innererror", "message")]).toEqual([400, "InvalidTask in AnalyzeInput"]);
  });

  it("needs no api-version, and does not know the jobs of another generation", async () => {
    const { body } = await run(V32, { keyPhraseExtractionTasks: [{}] });
    expect((await emulator.call("GET", `${CT1}/jobs/${body.jobId}`)).status).toBe(404);
    expect(
      (await emulator.call("GET", `/language/analyze-text/jobs/${body.jobId}?api-version=2022-05-01`)).status,
    ).toBe(404);
    expect((await emulator.call("POST", `${V32}/jobs/${body.jobId}:cancel`)).status).toBe(404);
  });
});

describe("how a task says where it stands", () => {
  const taskOf = async (version: string): Promise<Loose> => {
    const { body } = await run(`/text/analytics/${version}/analyze`, { keyPhraseExtractionTasks: [{}] });
    return (
      at(body, "tasks", "tasks", "keyPhraseExtractionTasks", 0) ?? at(body, "tasks", "keyPhraseExtractionTasks", 0)
    );
  };

  it.each([
    ["v3.2-preview.2", { state: "succeeded", taskName: "KeyPhraseExtraction_latest" }],
    ["v3.1", { state: "succeeded", taskName: "KeyPhraseExtraction_latest" }],
    ["v3.1-preview.4", { state: "succeeded" }],
    ["v3.1-preview.3", {}],
    ["v3.1-preview.ct.1", { status: "completed", name: "MyJobName" }],
  ])("is in %s as recorded or documented", async (version, expected) => {
    const { lastUpdateDateTime, results, ...rest } = await taskOf(version);
    expect(rest).toEqual(expected);
  });

  it("is in v3.1-preview.3 known from the job alone, whose id ends in the ticks of its day", async () => {
    const { body } = await run("/text/analytics/v3.1-preview.3/analyze", { keyPhraseExtractionTasks: [{}] });
    expect(body).toMatchObject({
      jobId: expect.stringMatching(/^[0-9a-f-]{36}_639079200000000000$/),
      status: "succeeded",
      tasks: { details: { lastUpdateDateTime: expect.stringMatching(/Z$/) } },
    });
    expect(at(body, "tasks", "keyPhraseExtractionTasks", 0, "results")).toMatchObject({ inTerminalState: true });
    expect(at(body, "tasks", "details")).not.toHaveProperty("status");
  });

  it("can be asked for in another spelling, since no recording of v3.1-preview.ct.1 is known", async () => {
    await using other = await EmulatorFixture.start({ taskState: "state" });
    const documents = [{ id: "1", text: TEXT }];
    const tasks = { keyPhraseExtractionTasks: [{}] };
    const accepted = await other.call("POST", CT1, { analysisInput: { documents }, tasks });
    other.clock.advance(10);
    const { body } = await other.call("GET", locationOf(accepted));
    const task = at(body, "tasks", "tasks", "keyPhraseExtractionTasks", 0);
    expect(task).toMatchObject({ state: "completed" });
    expect(task).not.toHaveProperty("status");
  });
});

describe("a job without a name", () => {
  it.each([
    ["v3.2-preview.2", "NA"],
    ["v3.1", "NA"],
    ["v3.1-preview.3", undefined],
  ])("is called so in %s: %s", async (version, expected) => {
    const path = `/text/analytics/${version}/analyze`;
    const documents = [{ id: "1", text: TEXT }];
    const accepted = await emulator.call("POST", path, {
      analysisInput: { documents },
      tasks: { keyPhraseExtractionTasks: [{}] },
    });
    expect((await emulator.call("GET", locationOf(accepted))).body.displayName).toBe(expected);
  });
});
