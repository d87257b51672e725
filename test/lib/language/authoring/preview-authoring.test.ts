import { describe, expect, it } from "vitest";
import { createAuthoringClient } from "../../../../src/lib/language/authoring/authoring-client.ts";
import { json, type Reply, scriptedServer, text } from "../scripted-server.ts";

const BASE = "/language/text/authoring/v1.0-preview.2/projects";

async function clientOn(...replies: Reply[]) {
  const server = await scriptedServer(...replies);
  const client = createAuthoringClient({
    endpoint: server.endpoint,
    apiVersion: "v1.0-preview.2",
    credential: { key: "k" },
    timeoutSeconds: 60,
    retryDelaysMs: [],
  });
  if (client.wire !== "preview") throw new Error("not the preview");
  return { client, ...server };
}

const accepted =
  (path: string): Reply =>
  (response, request) => {
    response.writeHead(202, { location: `http://${request.headers.host}${BASE}${path}` });
    response.end();
  };

const job = (endpoint: string) => ({
  jobId: "123456789",
  location: `${endpoint}${BASE}/MyProject/train/jobs/123456789`,
});

describe("authoring v1.0-preview.2", () => {
  it("creates a project with a labels file in its container", async () => {
    const { client, seen } = await clientOn(text(201, ""));
    await client.createProject(
      {
        name: "MyProject",
        kind: "CustomMultiLabelClassification",
        container: "MyContainer",
        language: "en-us",
        multilingual: false,
        description: "d",
      },
      "myLabels.json",
    );
    expect(seen[0]).toMatchObject({ method: "POST", url: BASE, headers: { "ocp-apim-subscription-key": "k" } });
    expect(seen[0]?.body).toEqual({
      name: "MyProject",
      modelType: "MultiClassification",
      multiLingual: false,
      description: "d",
      culture: "en-us",
      storageInputContainerName: "MyContainer",
      labelsLocation: "myLabels.json",
    });
  });

  it("trains and publishes a model by its name, the job's address in location", async () => {
    const { client, seen } = await clientOn(
      accepted("/MyProject/train/jobs/123456789"),
      accepted("/MyProject/publish/jobs/42"),
    );
    const training = await client.train("MyProject", {
      modelLabel: "MyModel",
      trainingConfigVersion: "latest",
      evaluationOptions: { kind: "percentage" },
    });
    expect(training.jobId).toBe("123456789");
    expect((await client.publish("MyProject", "MyModel")).location).toContain("/publish/jobs/42");
    expect(seen).toMatchObject([
      { method: "POST", url: `${BASE}/MyProject/train`, body: { tasks: [{ trainingModelName: "MyModel" }] } },
      { method: "POST", url: `${BASE}/MyProject/publish`, body: { tasks: [{ trainingModelName: "MyModel" }] } },
    ]);
  });

  const states = {
    jobId: "123456789",
    inProgress: 0,
    completed: 0,
    failed: 0,
    total: 1,
    createdDateTime: "2021-05-18T20:31:04.592Z",
    lastUpdatedDateTime: "2021-05-18T20:31:04.592Z",
    expirationDateTime: "2021-05-19T11:44:08.555Z",
    errors: [],
  };
  const filler = { code: "NotFound", message: "Error Message" };

  it("takes a running training's error objects for what they are: fillers", async () => {
    const tasks = [
      {
        trainingModelName: "MyModel",
        status: "notStarted",
        error: filler,
        evaluationStatus: { status: "notStarted", error: filler },
      },
    ];
    const { client, endpoint } = await clientOn(
      json(200, { ...states, status: "notStarted", tasks, errors: [filler] }),
      json(200, {
        ...states,
        status: "inProgress",
        tasks: [{ trainingModelName: "MyModel", status: "inProgress", error: null }],
      }),
    );
    expect(await client.getJob(job(endpoint))).toMatchObject({ status: "notStarted", finished: false, errors: [] });
    expect(await client.getJob(job(endpoint))).toMatchObject({
      status: "running",
      finished: false,
      modelLabel: "MyModel",
    });
  });

  it.each([
    ["succeeded", { status: "succeeded", evaluationStatus: { status: "succeeded" } }, "succeeded", "succeeded", 0],
    ["completed", { status: "completed" }, "completed", "succeeded", 0],
    ["failed", { status: "failed", error: { code: "TooFewDocuments", message: "no" } }, "failed", "failed", 1],
    [
      "untested",
      { status: "succeeded", evaluationStatus: { status: "failed", error: filler } },
      "succeeded",
      "failed",
      1,
    ],
  ])("reads a training that %s", async (_, task, status, expected, errors) => {
    const { client, endpoint } = await clientOn(
      json(200, { ...states, status, tasks: [{ trainingModelName: "M", ...task }] }),
    );
    const state = await client.getJob(job(endpoint));
    expect(state).toMatchObject({ status: expected, finished: true });
    expect(state.errors).toHaveLength(errors);
  });

  it("reads the model id of a publication", async () => {
    const modelId = "3fa85f64-5717-4562-b3fc-2c963f66afa6_MultiClassification_latest";
    const { client, endpoint } = await clientOn(
      json(200, { ...states, status: "succeeded", tasks: [{ modelId, status: "succeeded", error: null }] }),
    );
    expect(await client.getJob(job(endpoint))).toMatchObject({ finished: true, modelId });
  });

  it("reads an evaluation, which is missing until the test after the training is done", async () => {
    const { client, seen } = await clientOn(
      json(404, { error: { code: "NotFound", message: "no evaluation" } }),
      json(200, {
        modelType: "MultiClassification",
        singleClassificationEvaluation: null,
        multiClassificationEvaluation: {
          classes: { Class_1: { f1: 0, precision: 0, recall: 0, countTruePositives: 0 } },
          microF1: 0.33333334,
          macroF1: 0.26666668,
        },
      }),
    );
    expect(await client.evaluation("MyProject", "MyModel")).toBeUndefined();
    expect(await client.evaluation("MyProject", "MyModel")).toMatchObject({
      microF1: 0.33333334,
      classes: { Class_1: { f1: 0 } },
    });
    expect(seen[0]?.url).toBe(`${BASE}/MyProject/evaluation?trainingModelName=MyModel`);
  });

  it("deletes a project, with or without a job", async () => {
    const { client, seen } = await clientOn(text(200, ""), accepted("/deletion-jobs/1"), json(404, {}));
    expect(await client.deleteProject("MyProject")).toBeUndefined();
    expect(await client.deleteProject("MyProject")).toMatchObject({ jobId: "1" });
    expect(await client.deleteProject("MyProject")).toBeUndefined();
    expect(seen[0]).toMatchObject({ method: "DELETE", url: `${BASE}/MyProject` });
  });
});
