import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BlobServiceClient } from "@azure/storage-blob";
import { type LanguageService, startLanguageService } from "language-emulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SAMPLES } from "../../dev/stack/start-stack.ts";
import type { ProjectStatus } from "../../src/lib/project/status.ts";
import { readText } from "../../src/lib/storage/blobs.ts";
import { StackDriver } from "./drive-stack.ts";
import { LocalProcess } from "./local-process.ts";
import { ownAccount } from "./own-account.ts";
import { until } from "./waiting.ts";
import { type PipelinesFile, writePipelines } from "./write-pipelines.ts";

const TRAINING = join(SAMPLES, "training");

let account: string;
let language: LanguageService;
let directory: string;
let running: LocalProcess | undefined;
const files: PipelinesFile[] = [];

beforeAll(async () => {
  account = ownAccount();
  language = await startLanguageService({
    projects: SAMPLES,
    storage: account,
    trainingSeconds: { from: 5, to: 6 },
  });
  directory = await mkdtemp(join(tmpdir(), "language-batch-"));
});

afterAll(async () => {
  await running?.stop();
  await language?.stop();
  await rm(directory, { recursive: true, force: true });
  for (const file of files) await file[Symbol.asyncDispose]();
});

/** Starts the app, or starts it anew with other pipelines. */
async function startApp(pipelines: readonly object[]): Promise<StackDriver> {
  await running?.stop();
  const file = await writePipelines(pipelines);
  files.push(file);
  const args = ["--data", directory, "--language", language.url, "--storage", account, "--pipelines", file.path];
  running = await LocalProcess.start(args, { LANGUAGE_KEY: language.key });
  return new StackDriver(running.ready);
}

async function upload(container: string, texts: Iterable<[name: string, text: string | Buffer]>): Promise<void> {
  const client = BlobServiceClient.fromConnectionString(account).getContainerClient(container);
  await client.createIfNotExists();
  for (const [name, text] of texts) await client.getBlockBlobClient(name).uploadData(Buffer.from(text));
}

/** The texts of a sample project; `name` says what each is called in the container. */
async function sampleTexts(project: string, name: (file: string) => string): Promise<[string, Buffer][]> {
  const found = await readdir(join(TRAINING, project));
  return await Promise.all(
    found.map(async (file): Promise<[string, Buffer]> => [name(file), await readFile(join(TRAINING, project, file))]),
  );
}

async function statusOf(project: string): Promise<ProjectStatus | undefined> {
  const projects = BlobServiceClient.fromConnectionString(account).getContainerClient("projects");
  const blob = await readText(projects, `${project}/status.json`);
  return blob && JSON.parse(blob.text);
}

const untilStatus = (project: string, what: string, holds: (status: ProjectStatus) => boolean) =>
  until(
    `project ${project} to be ${what}`,
    () => statusOf(project),
    (status) => status !== undefined && holds(status),
    90,
  );

const ended = (status: ProjectStatus) => !status.running && status.finishedAt !== undefined;

/** What the service itself says, past the app. */
async function askService<T>(path: string): Promise<T> {
  const answer = await fetch(
    `${language.url}/language/authoring/analyze-text/projects/${path}?api-version=2023-04-01`,
    {
      headers: { "Ocp-Apim-Subscription-Key": language.key },
    },
  );
  return (await answer.json()) as T;
}

describe("a labelled folder that nobody trained before", () => {
  it("becomes a deployment although the app dies in the training, and classifies what is dropped", async () => {
    const task = {
      kind: "CustomSingleLabelClassification",
      name: "topic",
      projectName: "helpdesk",
      deploymentName: "production",
    };
    let driver = await startApp([{ name: "helpdesk", match: "helpdesk/**", tasks: [task] }]);
    await upload(
      "helpdesk-training",
      await sampleTexts("tickets", (file) => `${file.replace(/-\d+-\w+\.txt$/, "")}/${file}`),
    );
    const definition = {
      kind: "CustomSingleLabelClassification",
      language: "en",
      multilingual: true,
      container: "helpdesk-training",
      labelsFromFolders: true,
      deployment: {},
    };
    const put = await fetch(`${driver.functions}/api/projects/helpdesk`, {
      method: "PUT",
      body: JSON.stringify(definition),
    });
    expect(put.status).toBe(202);
    expect(await put.json()).toMatchObject({ id: "project-helpdesk", statusQueryGetUri: expect.any(String) });
    await untilStatus("helpdesk", "training", ({ state, percent }) => state === "training" && percent !== undefined);

    await running?.kill();
    driver = await startApp([{ name: "helpdesk", match: "helpdesk/**", tasks: [task] }]);
    const status = await untilStatus("helpdesk", "over", ended);
    expect(status).toMatchObject({
      state: "succeeded",
      deployment: { name: "production" },
      scores: { macroF1: expect.any(Number) },
    });
    expect((await askService<{ value: object[] }>("helpdesk/train/jobs")).value).toHaveLength(1);

    await driver.drop([["helpdesk/a.txt", "My invoice of May was charged twice, please refund the amount."]]);
    await driver.recordsUnder("helpdesk/", 1);
    expect(await driver.readResult("helpdesk", "helpdesk/a.txt")).toMatchObject({
      status: "succeeded",
      tasks: [{ projectName: "helpdesk", classes: [{ category: "billing" }] }],
    });
  });

  it("can be asked about, trained alone and deleted over HTTP, and wrong requests are told what is wrong", async () => {
    const { functions } = running?.ready ?? { functions: "" };
    const call = async (method: string, path: string, body?: unknown) => {
      const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
      const answer = await fetch(`${functions}/api/projects/${path}`, init);
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
    const { body } = await call("GET", "helpdesk");
    expect(body).toMatchObject({ state: "succeeded", service: { deployments: [{ name: "production" }] } });
    expect(body.service).toMatchObject({ models: [{ scores: { macroF1: expect.any(Number) } }] });

    expect(await call("GET", "nowhere")).toMatchObject({ status: 404, body: { code: "UnknownProject" } });
    expect(await call("GET", "-")).toMatchObject({ status: 400, body: { code: "InvalidName" } });
    expect(await call("POST", "nowhere/train")).toMatchObject({ status: 404 });
    expect(await call("POST", "helpdesk/deploy", { model: "x" })).toMatchObject({
      status: 400,
      body: { code: "InvalidOptions" },
    });
    expect(await call("PUT", "helpdesk", { kind: "x" })).toMatchObject({
      status: 400,
      body: { code: "InvalidProjectFile", problems: expect.arrayContaining([expect.anything()]) },
    });

    expect(await call("POST", "helpdesk/train", { modelLabel: "again" })).toMatchObject({ status: 202 });
    expect(await call("POST", "helpdesk/train")).toMatchObject({ status: 409, body: { code: "Busy" } });
    await untilStatus("helpdesk", "trained", (status) => ended(status) && status.model?.label === "again");
    expect(await call("DELETE", "helpdesk")).toMatchObject({ status: 202 });
    await untilStatus("helpdesk", "deleted", ({ state }) => state === "deleted");
    expect(await askService("helpdesk")).toMatchObject({ error: { code: "ProjectNotFound" } });
  });

  it("is published by v1.0-preview.2 from a dropped project file, and analysed by v3.1-preview.ct.1", async () => {
    await startApp([{ name: "unused", match: "unused/**", tasks: [{ kind: "KeyPhraseExtraction" }] }]);
    await upload("clauses", await sampleTexts("contracts", (file) => file));
    const labels = JSON.parse(await readFile("samples/labels/contracts.json", "utf8"));
    const definition = {
      apiVersion: "v1.0-preview.2",
      kind: "CustomMultiLabelClassification",
      language: "en",
      multilingual: true,
      container: "clauses",
      labels: labels.assets,
      deployment: {},
    };
    await upload("projects", [["Clauses/project.json", JSON.stringify(definition)]]);
    const status = await untilStatus("Clauses", "over", ended);
    expect(status).toMatchObject({
      state: "succeeded",
      deployment: { modelId: expect.stringMatching(/_MultiClassification_latest$/) },
    });

    const modelId = status?.deployment?.modelId;
    const task = { kind: "CustomMultiLabelClassification", name: "topics", modelId };
    const driver = await startApp([
      { name: "clauses", match: "clauses/**", apiVersion: "v3.1-preview.ct.1", tasks: [task] },
    ]);
    await driver.drop([["clauses/a.txt", "Either party may terminate this agreement with a notice of thirty days."]]);
    await driver.recordsUnder("clauses/", 1);
    expect(await driver.readResult("clauses", "clauses/a.txt")).toMatchObject({
      status: "succeeded",
      tasks: [{ classes: expect.arrayContaining([expect.objectContaining({ category: "termination" })]) }],
    });
  });
});
