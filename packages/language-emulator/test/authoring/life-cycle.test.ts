import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { at, type Loose } from "../emulator-fixture.ts";
import { projectOf, UNSEEN } from "../own-projects.ts";
import { AuthoringFixture } from "./authoring-fixture.ts";
import { sampleTexts } from "./training-containers.ts";

let authoring: AuthoringFixture;
beforeEach(async () => {
  authoring = await AuthoringFixture.start();
});
afterEach(() => authoring.stop());

const SINGLE = "CustomSingleLabelClassification";

describe("from a labelled container to a deployment", () => {
  it("a project is created, imported, trained, judged and served, and classes documents it never saw", async () => {
    const container = await sampleTexts("tickets");
    const { metadata, ...file } = projectOf("tickets", "helpdesk", container);
    const created = await authoring.call("PATCH", "/helpdesk", metadata);
    expect([created.status, created.body]).toMatchObject([
      201,
      {
        projectName: "helpdesk",
        projectKind: SINGLE,
        storageInputContainerName: container,
        language: "en",
        multilingual: true,
        createdDateTime: "2026-03-01T12:00:00Z",
        lastModifiedDateTime: "2026-03-01T12:00:00Z",
      },
    ]);
    expect((await authoring.run("POST", "/helpdesk/:import", { ...file, metadata })).body).toMatchObject({
      status: "succeeded",
    });
    expect((await authoring.train("helpdesk")).body).toMatchObject({
      status: "succeeded",
      result: { modelLabel: "first", trainingConfigVersion: "2022-05-01" },
    });
    const summary = await authoring.get("/helpdesk/models/first/evaluation/summary-result");
    const scores = at(summary, "customSingleLabelClassificationEvaluation");
    expect(summary).toMatchObject({
      projectKind: SINGLE,
      evaluationOptions: { kind: "percentage", trainingSplitPercentage: 80, testingSplitPercentage: 20 },
    });
    expect(Number(scores.macroF1)).toBeGreaterThan(0.3);
    expect(Object.keys(at(scores, "classes")).length).toBeGreaterThan(1);

    const served = await authoring.run("PUT", "/helpdesk/deployments/production", { trainedModelLabel: "first" });
    expect(served.body).toMatchObject({ status: "succeeded" });
    const text = UNSEEN.ticket;
    expect(await authoring.classify(SINGLE, "helpdesk", "production", text)).toEqual(["billing"]);
    expect(await authoring.get("/helpdesk")).toMatchObject({
      lastTrainedDateTime: "2026-03-01T12:01:50Z",
      lastDeployedDateTime: "2026-03-01T12:02:00Z",
    });
  });

  it.each([
    ["contracts", "customMultiLabelClassificationEvaluation", "classes", "customMultiLabelClassificationResult"],
    ["incidents", "customEntityRecognitionEvaluation", "entities", "customEntityRecognitionResult"],
  ])("%s are judged document by document and as a whole", async (sample, field, list, result) => {
    await authoring.importSample(sample, "other");
    await authoring.train("other");
    const summary = await authoring.get("/other/models/first/evaluation/summary-result");
    const scores = at(summary, field);
    expect(Object.keys(at(scores, list))).not.toHaveLength(0);
    expect("confusionMatrix" in scores).toBe(sample !== "contracts");
    const { value } = await authoring.get("/other/models/first/evaluation/result?stringIndexType=Utf16CodeUnit");
    const locations = new Set((value as unknown as Loose[]).map(({ location }) => String(location)));
    expect(locations.size).toBe(Math.round(0.2 * projectOf(sample, "x", "y").assets.documents.length));
    expect(at(value, 0, result)).toBeDefined();
  });

  it("a file of an older version is imported, too", async () => {
    const file = projectOf("tickets", "older", await sampleTexts("tickets"));
    const older = await authoring.run("POST", "/older/:import", { ...file, projectFileVersion: "2022-05-01" });
    expect(older.body).toMatchObject({ status: "succeeded" });
  });

  it("a health project needs a preview that knows the kind", async () => {
    const container = await sampleTexts("visits");
    const file = projectOf("visits", "ward", container);
    const refused = await authoring.call("POST", "/ward/:import", { ...file, projectFileVersion: "2023-04-01" });
    expect([refused.status, at(refused.body, "error", "target")]).toEqual([400, "projectKind"]);
    const version = "2023-04-15-preview";
    const accepted = await authoring.call("POST", "/ward/:import", { ...file, projectFileVersion: version }, version);
    expect(accepted.status).toBe(202);
    authoring.emulator.clock.advance(10);
    expect((await authoring.train("ward")).body).toMatchObject({ status: "succeeded" });
    const summary = await authoring.get("/ward/models/first/evaluation/summary-result");
    expect(at(summary, "customHealthcareEvaluation", "entities")).toBeDefined();
  });

  it("a manual split tests on the documents marked Test and on no others", async () => {
    const container = await sampleTexts("tickets");
    const file = projectOf("tickets", "manual", container);
    const marked = file.assets.documents.map((document, index) => ({
      ...document,
      dataset: index % 4 === 0 ? "Test" : "Train",
    }));
    await authoring.run("POST", "/manual/:import", { ...file, assets: { ...file.assets, documents: marked } });
    const options = {
      ...{ modelLabel: "first", trainingConfigVersion: "2022-05-01" },
      evaluationOptions: { kind: "manual" },
    };
    expect((await authoring.train("manual", options)).body).toMatchObject({ status: "succeeded" });
    const { value } = await authoring.get("/manual/models/first/evaluation/result?stringIndexType=Utf16CodeUnit");
    const tested = (value as unknown as Loose[]).map(({ location }) => String(location));
    expect(tested).toEqual(marked.filter(({ dataset }) => dataset === "Test").map(({ location }) => location));
  });
});

describe("a project that serves", () => {
  it("keeps serving while it is imported and trained anew, until the new model is deployed", async () => {
    await authoring.serveSample("tickets", "helpdesk");
    const before = await authoring.get("/helpdesk/deployments/production");
    await authoring.run("POST", "/helpdesk/:import", await currentFile("helpdesk"));
    await authoring.train("helpdesk");
    expect(await authoring.get("/helpdesk/deployments/production")).toEqual(before);
    const retrained = await authoring.get("/helpdesk/models/first");
    expect(retrained.modelId).not.toBe(before.modelId);
    await authoring.run("PUT", "/helpdesk/deployments/production", { trainedModelLabel: "first" });
    expect((await authoring.get("/helpdesk/deployments/production")).modelId).toBe(retrained.modelId);
  });

  it("exchanges the models of two deployments by a swap, once its time has come", async () => {
    await authoring.serveSample("tickets", "helpdesk");
    await authoring.train("helpdesk", { modelLabel: "second", trainingConfigVersion: "latest" });
    await authoring.run("PUT", "/helpdesk/deployments/staging", { trainedModelLabel: "second" });
    const models = async (): Promise<unknown[]> => [
      (await authoring.get("/helpdesk/deployments/production")).modelId,
      (await authoring.get("/helpdesk/deployments/staging")).modelId,
    ];
    const before = await models();
    const names = { firstDeploymentName: "production", secondDeploymentName: "staging" };
    const started = await authoring.call("POST", "/helpdesk/deployments/:swap", names);
    expect(started.headers.get("operation-location")).toMatch(
      /\/helpdesk\/deployments\/swap\/jobs\/[^/]+\?api-version=/,
    );
    expect(await models()).toEqual(before);
    authoring.emulator.clock.advance(10);
    expect(await models()).toEqual(before.toReversed());
  });

  it("loses deployment, model and itself one after the other", async () => {
    await authoring.serveSample("tickets", "helpdesk");
    const path = "/helpdesk/deployments/production";
    expect((await authoring.call("DELETE", "/helpdesk/models/first")).status).toBe(400);
    expect((await authoring.run("DELETE", path)).body).toMatchObject({ status: "succeeded" });
    expect((await authoring.call("GET", path)).status).toBe(404);
    expect((await authoring.call("DELETE", "/helpdesk/models/first")).status).toBe(204);
    const deletion = await authoring.call("DELETE", "/helpdesk");
    expect(deletion.headers.get("operation-location")).toContain("/projects/global/deletion-jobs/");
    expect((await authoring.call("GET", "/helpdesk")).status).toBe(200);
    authoring.emulator.clock.advance(10);
    const job = await authoring.emulator.call("GET", deletion.headers.get("operation-location") ?? "");
    expect(job.body).toMatchObject({ status: "succeeded" });
    expect((await authoring.call("GET", "/helpdesk")).body).toMatchObject({ error: { code: "ProjectNotFound" } });
  });

  it("is exported as it was imported, and its labels can be taken back from a model", async () => {
    const { container } = await authoring.importSample("tickets", "helpdesk");
    await authoring.train("helpdesk");
    const file = projectOf("tickets", "helpdesk", container);
    const fewer = { ...file, assets: { ...file.assets, documents: file.assets.documents.slice(0, 12) } };
    await authoring.run("POST", "/helpdesk/:import", fewer);
    const labels = async (): Promise<number> => at(await currentFile("helpdesk"), "assets", "documents").length;
    expect(await labels()).toBe(12);
    const started = await authoring.run("POST", "/helpdesk/models/first/:load-snapshot");
    expect(started.body).toMatchObject({ status: "succeeded" });
    expect(await labels()).toBe(file.assets.documents.length);
    expect(await currentFile("helpdesk")).toMatchObject(file);
  });
});

describe("a patch", () => {
  it("changes what it names, takes away what it says null of, and leaves the rest", async () => {
    const container = await sampleTexts("tickets");
    const { metadata } = projectOf("tickets", "helpdesk", container);
    await authoring.call("PATCH", "/helpdesk", metadata);
    authoring.emulator.clock.advance(60);
    const { status, body } = await authoring.call("PATCH", "/helpdesk", { language: "de", description: null });
    expect([status, body]).toMatchObject([
      200,
      {
        language: "de",
        projectKind: SINGLE,
        createdDateTime: "2026-03-01T12:00:00Z",
        lastModifiedDateTime: "2026-03-01T12:01:00Z",
      },
    ]);
    expect(body).not.toHaveProperty("description");
  });
});

async function currentFile(project: string): Promise<Loose> {
  const { body } = await authoring.run("POST", `/${project}/:export?stringIndexType=Utf16CodeUnit`);
  return (await authoring.emulator.call("GET", String(body.resultUrl))).body;
}
