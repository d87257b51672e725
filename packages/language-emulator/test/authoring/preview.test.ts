import type { ContainerClient } from "@azure/storage-blob";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Answer, at, type Loose } from "../emulator-fixture.ts";
import { UNSEEN } from "../own-projects.ts";
import { AuthoringFixture, JOB_SECONDS, TRAINING_SECONDS } from "./authoring-fixture.ts";
import { newContainer, upload } from "./training-containers.ts";

const PROJECTS = "/language/text/authoring/v1.0-preview.2/projects";
const FIRST = { tasks: [{ trainingModelName: "first" }] };
const WORDS = { heat: "sunny warm dry beach", cold: "snow frost ice winter", wet: "rain storm cloud puddle" };
const CLASSES = Object.keys(WORDS);

let authoring: AuthoringFixture;
let container: ContainerClient;
beforeEach(async () => {
  authoring = await AuthoringFixture.start();
  container = await newContainer();
});
afterEach(() => authoring.stop());

function call(method: string, path: string, body?: unknown): Promise<Answer> {
  return authoring.emulator.call(method, path.startsWith("http") ? path : `${PROJECTS}${path}`, body);
}

/** Starts a job, lets its time pass, and answers its state. */
async function run(path: string, body: unknown, seconds: number): Promise<Loose> {
  const started = await call("POST", path, body);
  if (started.status !== 202) throw new Error(`${path}: ${JSON.stringify(started.body)}`);
  authoring.emulator.clock.advance(seconds);
  return (await call("GET", started.headers.get("location") ?? "")).body;
}

/** Labelled texts in turn about heat, cold and wet, in the form of summer 2021. */
function labels(count: number): { intentNames: string[]; documents: object[] } {
  const documents = Array.from({ length: count }, (_, index) => ({
    location: `d${index}.txt`,
    culture: "en-US",
    intents: [index % CLASSES.length],
  }));
  return { intentNames: CLASSES, documents };
}

async function prepare(count: number): Promise<void> {
  const texts = Array.from({ length: count }, (_, index) => [
    `d${index}.txt`,
    `Report ${index}: ${Object.values(WORDS)[index % CLASSES.length]}`,
  ]);
  await upload(container, { ...Object.fromEntries(texts), "labels.json": JSON.stringify(labels(count)) });
}

function project(fields: object = {}): object {
  return {
    name: "weather",
    modelType: "SingleClassification",
    multiLingual: false,
    description: "What kind of day it was",
    culture: "en-us",
    storageInputContainerName: container.containerName,
    labelsLocation: "labels.json",
    ...fields,
  };
}

describe("authoring of 2021", () => {
  it("goes from a labelled container to a model id that the runtime of its time serves", async () => {
    await prepare(30);
    expect((await call("POST", "", project())).status).toBe(201);
    const training = await call("POST", "/weather/train", FIRST);
    const location = training.headers.get("location") ?? "";
    expect(location).toMatch(/\/v1\.0-preview\.2\/projects\/weather\/train\/jobs\/[0-9a-f-]{36}$/);
    expect([training.status, training.headers.get("operation-location")]).toEqual([202, null]);
    const states: Loose[] = [(await call("GET", location)).body];
    for (const seconds of [20, 70, 10]) {
      authoring.emulator.clock.advance(seconds);
      states.push((await call("GET", location)).body);
    }
    expect(
      states.map(({ status, tasks }) => [status, at(tasks, 0, "status"), at(tasks, 0, "evaluationStatus", "status")]),
    ).toEqual([
      ["notStarted", "notStarted", "notStarted"],
      ["inProgress", "inProgress", "notStarted"],
      ["inProgress", "completed", "inProgress"],
      ["completed", "completed", "completed"],
    ]);
    expect(states[3]).toMatchObject({
      tasks: [{ trainingModelName: "first" }],
      inProgress: 0,
      completed: 1,
      failed: 0,
      total: 1,
      jobId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      createdDateTime: "2026-03-01T12:00:00Z",
      expirationDateTime: "2026-03-08T12:00:00Z",
      errors: [],
    });

    const published = await run("/weather/publish", FIRST, JOB_SECONDS);
    expect(published).toMatchObject({
      status: "completed",
      tasks: [{ modelId: expect.stringMatching(/^[0-9a-f-]{36}_SingleClassification_latest$/), status: "completed" }],
    });
    const modelId = String(at(published, "tasks", 0, "modelId"));
    const accepted = await authoring.emulator.call("POST", "/text/analytics/v3.1-preview.ct.1/analyze", {
      analysisInput: { documents: [{ id: "1", text: "Nothing but snow and frost." }] },
      tasks: { customClassificationTasks: [{ parameters: { modelId } }] },
    });
    authoring.emulator.clock.advance(10);
    const job = await authoring.emulator.call("GET", accepted.headers.get("operation-location") ?? "");
    const results = at(job.body, "tasks", "tasks", "customClassificationTasks", 0, "results");
    expect(at(results, "documents", 0, "classes", 0, "category")).toBe("cold");
  });

  it("tests on a tenth and looks at another tenth", async () => {
    await prepare(30);
    await call("POST", "", project());
    await run("/weather/train", FIRST, TRAINING_SECONDS);
    const evaluation = (await call("GET", "/weather/evaluation?trainingModelName=first")).body;
    expect(evaluation).toMatchObject({
      modelType: "SingleClassification",
      multiClassificationEvaluation: null,
      singleClassificationEvaluation: {
        classes: { heat: { f1: 1, precision: 1, recall: 1, countTruePositives: 1, countTrueNegatives: 2 } },
        microF1: 1,
        macroF1: 1,
        confusionMatrix: { cold: { cold: 1 } },
      },
    });
    const { body } = await call("GET", "/weather/validation?trainingModelName=first");
    expect(body).toMatchObject({ modelType: "SingleClassification", multiClassificationValidation: null });
    const documents = at(body, "singleClassificationValidation", "documents");
    expect(documents).toHaveLength(3);
    expect(at(documents, 0)).toEqual({
      classes: { labeledClasses: [expect.any(String)], predictedClasses: [expect.any(String)] },
      location: expect.stringMatching(/^d\d+\.txt$/),
      culture: "en-US",
    });
  });

  it("trains on fewer than ten documents, but evaluates nothing", async () => {
    await prepare(9);
    await call("POST", "", project());
    expect(await run("/weather/train", FIRST, TRAINING_SECONDS)).toMatchObject({
      status: "completed",
      tasks: [{ status: "completed", evaluationStatus: { status: "failed", error: { code: "NotFound" } } }],
    });
    expect((await call("GET", "/weather/evaluation?trainingModelName=first")).status).toBe(404);
    expect(await run("/weather/publish", FIRST, JOB_SECONDS)).toMatchObject({ status: "completed" });
  });

  it("reads several classes by name, from a labels file in a folder", async () => {
    const texts = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [`year/d${index}.txt`, "sunny and then rain"]),
    );
    const documents = Object.keys(texts).map((path) => ({
      location: path.replace("year/", ""),
      language: "en-us",
      classifiers: [{ classifierName: "heat" }, { classifierName: "wet" }],
    }));
    const file = { classifiers: [{ name: "heat" }, { name: "wet" }], documents };
    await upload(container, { ...texts, "year/labels.json": JSON.stringify(file) });
    const body = project({ modelType: "MultiClassification", labelsLocation: "/year/labels.json" });
    expect((await call("POST", "", body)).status).toBe(201);
    expect(await run("/weather/train", FIRST, TRAINING_SECONDS)).toMatchObject({ status: "completed" });
    const evaluation = (await call("GET", "/weather/evaluation?trainingModelName=first")).body;
    expect(evaluation).toMatchObject({ modelType: "MultiClassification", singleClassificationEvaluation: null });
  });

  it("shares its projects with the current generation, and deletes them at once", async () => {
    await prepare(12);
    await call("POST", "", project());
    expect(await authoring.get("/weather")).toMatchObject({ projectKind: "CustomSingleLabelClassification" });
    expect((await call("DELETE", "/weather")).status).toBe(204);
    expect((await authoring.call("GET", "/weather")).status).toBe(404);
    expect((await call("DELETE", "/weather")).status).toBe(404);
  });

  it("fails a training whose text is gone, in the task and as a whole", async () => {
    await prepare(12);
    await call("POST", "", project());
    await container.getBlobClient("d3.txt").delete();
    expect(await run("/weather/train", FIRST, TRAINING_SECONDS)).toMatchObject({
      status: "failed",
      failed: 1,
      errors: [{ innererror: { message: expect.stringContaining("d3.txt") } }],
      tasks: [{ status: "failed", error: { code: "InvalidRequest" }, evaluationStatus: { status: "notStarted" } }],
    });
  });

  it("publishes what was trained last, and what is published stays while it is trained anew", async () => {
    await prepare(12);
    await call("POST", "", project());
    await run("/weather/train", FIRST, TRAINING_SECONDS);
    await run("/weather/publish", FIRST, JOB_SECONDS);
    const before = await authoring.get("/weather/deployments/latest");
    await run("/weather/train", FIRST, TRAINING_SECONDS);
    expect(await authoring.get("/weather/deployments/latest")).toEqual(before);
    await run("/weather/publish", FIRST, JOB_SECONDS);
    expect((await authoring.get("/weather/deployments/latest")).modelId).not.toBe(before.modelId);
  });

  it("also serves extraction, whose labels say where", async () => {
    const text = UNSEEN.note;
    const start = text.indexOf("orders-db");
    const texts = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`d${index}.txt`, text]));
    const documents = Object.keys(texts).map((location) => ({
      location,
      culture: "en-us",
      entities: [{ regionStart: 0, regionLength: text.length, labels: [{ entity: 0, start, length: 9 }] }],
    }));
    await upload(container, { ...texts, "labels.json": JSON.stringify({ entityNames: ["System"], documents }) });
    expect((await call("POST", "", project({ modelType: "Extraction" }))).status).toBe(201);
    await run("/weather/train", FIRST, TRAINING_SECONDS);
    const { body } = await call("GET", "/weather/evaluation?trainingModelName=first");
    expect(body).toMatchObject({
      modelType: "Extraction",
      extractionEvaluation: { entities: { System: { recall: 1 } } },
    });
    expect((await call("GET", "/weather/validation?trainingModelName=first")).status).toBe(404);
  });
});

describe("authoring of 2021 refuses", () => {
  beforeEach(() => prepare(12));

  it.each<[string, object, number, string]>([
    ["a labels file that is not there", { labelsLocation: "no.json" }, 400, "labelsLocation"],
    ["labels that are no JSON", { labelsLocation: "d1.txt" }, 400, "labelsLocation"],
    ["labels of places for classes", { modelType: "Extraction" }, 400, "labelsLocation"],
    ["an unknown container", { storageInputContainerName: "nowhere" }, 400, "storageInputContainerName"],
    ["an unknown culture", { culture: "tlh" }, 400, "language"],
    ["multiLingual as a string", { multiLingual: "true" }, 400, "multiLingual"],
    ["an unknown model type", { modelType: "Tea" }, 400, "modelType"],
    ["a name with spaces", { name: "the weather" }, 400, "name"],
    ["a name that is taken, of whatever kind", { name: "contracts" }, 409, "name"],
  ])("a project of 2021 is refused for %s", async (_, fields, status, target) => {
    const answer = await call("POST", "", project(fields));
    expect([answer.status, at(answer.body, "error", "target")]).toEqual([status, target]);
  });

  it("what it cannot find, and more than one task", async () => {
    await call("POST", "", project());
    const two = { tasks: [{ trainingModelName: "a" }, { trainingModelName: "b" }] };
    const seen = [
      await call("POST", "/weather/train", two),
      await call("POST", "/Weather/train", FIRST),
      await call("POST", "/weather/publish", FIRST),
      await call("GET", "/weather/evaluation?trainingModelName=first"),
      await call("GET", "/weather/evaluation"),
      await call("GET", "/weather/train/jobs/none"),
      await call("GET", "/weather/publish/jobs/none"),
    ];
    expect(seen.map(({ status }) => status)).toEqual([400, 404, 404, 404, 400, 404, 404]);
  });
});
