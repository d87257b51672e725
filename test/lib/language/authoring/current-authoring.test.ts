import { describe, expect, it } from "vitest";
import type { CurrentAuthoring, NewProject } from "../../../../src/lib/language/authoring/authoring.ts";
import { createAuthoringClient } from "../../../../src/lib/language/authoring/authoring-client.ts";
import { json, type Reply, scriptedServer, text } from "../scripted-server.ts";

const PROJECT: NewProject = {
  name: "Tickets",
  kind: "CustomSingleLabelClassification",
  container: "tickets-training",
  language: "en",
  multilingual: false,
};
const BASE = "/language/authoring/analyze-text/projects";
const JOB_ID = "66fab7b9-e049-469a-8ad1-0b6ce3a7f6cc_637858368000000000";

async function clientOn(...replies: Reply[]) {
  const server = await scriptedServer(...replies);
  const client = createAuthoringClient({
    endpoint: server.endpoint,
    apiVersion: "2023-04-01",
    credential: { key: "k" },
    timeoutSeconds: 60,
    retryDelaysMs: [],
  });
  if (client.wire !== "current") throw new Error("not the current wire");
  return { client: client as CurrentAuthoring, ...server };
}

const accepted =
  (path: string): Reply =>
  (response, request) => {
    const host = request.headers.host ?? "";
    response.writeHead(202, { "operation-location": `http://${host}${BASE}${path}?api-version=2023-04-01` });
    response.end();
  };

describe("the current authoring wire", () => {
  it("creates a project by a merge patch", async () => {
    const answer = {
      projectName: "Tickets",
      projectKind: PROJECT.kind,
      createdDateTime: "2026-01-01T00:00:00Z",
      somethingNew: 1,
    };
    const { client, seen } = await clientOn(json(201, answer), json(200, answer));
    expect(await client.putProject(PROJECT)).toMatchObject({ projectName: "Tickets", somethingNew: 1 });
    await client.putProject(PROJECT);
    expect(seen[0]).toMatchObject({
      method: "PATCH",
      url: `${BASE}/Tickets?api-version=2023-04-01`,
      headers: { "content-type": "application/merge-patch+json", "ocp-apim-subscription-key": "k" },
      body: {
        projectName: "Tickets",
        projectKind: "CustomSingleLabelClassification",
        storageInputContainerName: "tickets-training",
        language: "en",
        multilingual: false,
      },
    });
  });

  it("imports a project with its labels, and takes the job's id as it is", async () => {
    const { client, seen, endpoint } = await clientOn(accepted(`/Tickets/import/jobs/${JOB_ID}`));
    const job = await client.importProject(PROJECT, { projectKind: PROJECT.kind, classes: [], documents: [] });
    expect(job).toEqual({
      jobId: JOB_ID,
      location: `${endpoint}${BASE}/Tickets/import/jobs/${JOB_ID}?api-version=2023-04-01`,
    });
    expect(seen[0]).toMatchObject({
      method: "POST",
      url: `${BASE}/Tickets/:import?api-version=2023-04-01`,
      body: {
        projectFileVersion: "2023-04-01",
        stringIndexType: "Utf16CodeUnit",
        metadata: { projectName: "Tickets", multilingual: false },
        assets: { projectKind: PROJECT.kind },
      },
    });
  });

  it.each<[string, (client: CurrentAuthoring) => Promise<unknown>, string, string, unknown]>([
    [
      "trains",
      (client) =>
        client.train("Tickets", {
          modelLabel: "m1",
          trainingConfigVersion: "latest",
          evaluationOptions: { kind: "percentage", trainingSplitPercentage: 80, testingSplitPercentage: 20 },
        }),
      "POST",
      "/Tickets/:train",
      {
        modelLabel: "m1",
        trainingConfigVersion: "latest",
        evaluationOptions: { kind: "percentage", trainingSplitPercentage: 80, testingSplitPercentage: 20 },
      },
    ],
    [
      "cancels a training",
      (c) => c.cancelTraining("Tickets", "g_1"),
      "POST",
      "/Tickets/train/jobs/g_1/:cancel",
      undefined,
    ],
    [
      "deploys",
      (c) => c.deploy("Tickets", "prod", "m1"),
      "PUT",
      "/Tickets/deployments/prod",
      { trainedModelLabel: "m1" },
    ],
    [
      "swaps",
      (c) => c.swap("Tickets", "a", "b"),
      "POST",
      "/Tickets/deployments/:swap",
      { firstDeploymentName: "a", secondDeploymentName: "b" },
    ],
    ["deletes a deployment", (c) => c.deleteDeployment("Tickets", "a"), "DELETE", "/Tickets/deployments/a", undefined],
    ["deletes a project", (c) => c.deleteProject("Tickets"), "DELETE", "/Tickets", undefined],
  ])("%s with a job to watch", async (_, act, method, path, body) => {
    const { client, seen } = await clientOn(accepted("/Tickets/any/jobs/g_2"));
    expect(await act(client)).toMatchObject({ jobId: "g_2" });
    expect(seen[0]).toMatchObject({ method, url: `${BASE}${path}?api-version=2023-04-01` });
    expect(seen[0]?.body).toEqual(body);
  });

  it("tells how a training stands", async () => {
    const { client, endpoint } = await clientOn(
      json(
        200,
        {
          result: {
            modelLabel: "m1",
            trainingConfigVersion: "2022-05-01",
            estimatedEndDateTime: "2026-04-18T15:47:58Z",
            trainingStatus: { percentComplete: 42, startDateTime: "2026-04-18T15:45:06Z", status: "running" },
            evaluationStatus: { percentComplete: 0, status: "notStarted" },
          },
          jobId: JOB_ID,
          createdDateTime: "2026-04-18T15:44:44Z",
          lastUpdatedDateTime: "2026-04-18T15:45:48Z",
          expirationDateTime: "2026-04-25T15:44:44Z",
          status: "running",
        },
        { "retry-after": "7" },
      ),
    );
    const job = { jobId: JOB_ID, location: `${endpoint}${BASE}/Tickets/train/jobs/${JOB_ID}?api-version=2023-04-01` };
    expect(await client.getJob(job)).toMatchObject({
      status: "running",
      finished: false,
      percent: 42,
      modelLabel: "m1",
      trainingConfigVersion: "2022-05-01",
      retryAfterSeconds: 7,
      errors: [],
    });
  });

  it("asks only its own host about a job, whatever address it is given", async () => {
    const { client, seen } = await clientOn(json(200, { jobId: "x", status: "succeeded" }));
    await client.getJob({
      jobId: "x",
      location: `https://elsewhere.example${BASE}/Tickets/train/jobs/x?api-version=1`,
    });
    expect(seen[0]?.url).toBe(`${BASE}/Tickets/train/jobs/x?api-version=1`);
  });

  it("reads all pages of a list", async () => {
    const model = (label: string) => ({
      label,
      modelId: `id-${label}`,
      lastTrainedDateTime: "2026-01-01T00:00:00Z",
      hasSnapshot: true,
    });
    const { client, seen } = await clientOn(
      (response, request) => {
        const nextLink = `http://${request.headers.host}${BASE}/Tickets/models?api-version=2023-04-01&skip=1`;
        json(200, { value: [model("a")], nextLink })(response, request);
      },
      json(200, { value: [model("b")], nextLink: null }),
    );
    expect((await client.models("Tickets")).map(({ label }) => label)).toEqual(["a", "b"]);
    expect(seen.map(({ url }) => url)).toEqual([
      `${BASE}/Tickets/models?api-version=2023-04-01`,
      `${BASE}/Tickets/models?api-version=2023-04-01&skip=1`,
    ]);
  });

  it.each([
    [
      "customMultiLabelClassificationEvaluation",
      {
        classes: {
          a: { f1: 1, precision: 1, recall: 1, truePositiveCount: 3 },
          b: { f1: "NaN", precision: 0, recall: 0 },
        },
        macroF1: 0.5,
        microF1: 0.6,
      },
    ],
    [
      "customEntityRecognitionEvaluation",
      {
        confusionMatrix: {},
        entities: { a: { f1: 1, precision: 1, recall: 1 }, b: { precision: 0, recall: 0 } },
        macroF1: 0.5,
        microF1: 0.6,
      },
    ],
  ])("reads the scores in %s", async (name, scores) => {
    const { client, seen } = await clientOn(
      json(200, { projectKind: "any", evaluationOptions: { kind: "percentage" }, [name]: scores }),
    );
    expect(await client.evaluation("Tickets", "m 1")).toMatchObject({
      macroF1: 0.5,
      microF1: 0.6,
      classes: { a: { f1: 1, precision: 1, recall: 1 }, b: { f1: undefined, precision: 0, recall: 0 } },
    });
    expect(seen[0]?.url).toBe(`${BASE}/Tickets/models/m%201/evaluation/summary-result?api-version=2023-04-01`);
  });

  it("finds nothing where nothing is, and deletes what is not there", async () => {
    const missing = json(404, { error: { code: "ProjectNotFound", message: "no" } });
    const { client } = await clientOn(missing, missing, missing, missing, text(204, ""));
    expect(await client.project("Tickets")).toBeUndefined();
    expect(await client.evaluation("Tickets", "m")).toBeUndefined();
    expect(await client.deleteProject("Tickets")).toBeUndefined();
    expect(await client.deleteDeployment("Tickets", "d")).toBeUndefined();
    await client.deleteModel("Tickets", "m");
  });
});
