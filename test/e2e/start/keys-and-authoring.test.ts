import { resolve } from "node:path";
import { startAzurite } from "azurite-process";
import { startHost } from "functions-emulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../waiting.ts";

interface Described {
  name: string;
  authLevel?: string;
}

let stop: () => Promise<unknown>;
let url: string;
let functions: Described[];

beforeAll(async () => {
  const azurite = await startAzurite();
  const host = await startHost({
    appDirectory: resolve("."),
    settings: {
      AzureWebJobsStorage: azurite.connectionString,
      AZURE_FUNCTIONS_ENVIRONMENT: "Production",
      LANGUAGE_ENDPOINT: "http://127.0.0.1:1",
      LANGUAGE_KEY: "k",
      AUTHORING: "",
      PIPELINES_FILE: "samples/pipelines.json",
    },
    log: () => {},
  });
  stop = () => host.stop().finally(() => azurite.stop());
  url = host.url;
  functions = (await (await fetch(`${url}/admin/functions`)).json()) as Described[];
});

afterAll(() => stop?.());

describe("an app in which authoring was not switched on", () => {
  it("listens to no project files, and has no timer for them", () => {
    const names = functions.map(({ name }) => name);
    expect(names).toContain("intake");
    expect(names).not.toContain("projectIntake");
    expect(names).not.toContain("projectSweep");
  });

  it.each([
    ["PUT", "projects/helpdesk"],
    ["GET", "projects/helpdesk"],
    ["DELETE", "projects/helpdesk"],
    ["POST", "projects/helpdesk/train"],
    ["POST", "projects/helpdesk/deploy"],
  ])("refuses %s %s, and says which setting that is", async (method, path) => {
    const answer = await fetch(`${url}/api/${path}`, { method });
    expect(answer.status).toBe(403);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(await answer.json()).toEqual({
      title: "Forbidden",
      status: 403,
      code: "AuthoringOff",
      detail: expect.any(String),
      hint: expect.stringContaining("AUTHORING"),
    });
  });
});

describe("the keys of the functions", () => {
  it("are a function key for operators, the master key for what changes models, and none for health", () => {
    const levels = Object.fromEntries(
      functions.flatMap(({ name, authLevel }) => (authLevel === undefined ? [] : [[name, authLevel]])),
    );
    expect(levels).toEqual({
      health: "anonymous",
      pipelines: "function",
      documents: "function",
      failures: "function",
      requeueStatus: "function",
      requeues: "function",
      requeueCancel: "function",
      requeueResume: "function",
      projectGet: "function",
      backfill: "function",
      redrive: "function",
      openapi: "function",
      pipelinePause: "function",
      pipelineDrain: "function",
      pipelineResume: "function",
      projectPut: "admin",
      projectTrain: "admin",
      projectDeploy: "admin",
      projectDelete: "admin",
    });
  });
});

describe("a backfill", () => {
  it("answers with an address of this app, which tells how it goes and lets nobody end it", async () => {
    const accepted = await fetch(`${url}/api/backfill`, { method: "POST" });
    expect(accepted.status).toBe(202);
    const body = (await accepted.json()) as { id: string; statusQueryGetUri: string };
    expect(body).toMatchObject({ kind: "backfill", dryRun: false, status: "running", request: {} });
    expect(body.statusQueryGetUri).toBe(`${url}/api/requeues/${body.id}`);
    expect(accepted.headers.get("location")).toBe(body.statusQueryGetUri);
    const ended = await until(
      "the backfill to end",
      async () => {
        const answer = await fetch(body.statusQueryGetUri);
        return { status: answer.status, body: await answer.json() };
      },
      ({ status }) => status === 200,
      30,
    );
    expect(ended.body).toMatchObject({ status: "done", seen: 0, matched: 0, queued: 0 });
  });

  it.each(["lane-tickets-0", "requeue-none", ".."])("has no status under the id of anything else: %s", async (id) => {
    const answer = await fetch(`${url}/api/requeues/${encodeURIComponent(id)}`);
    expect(answer.status).toBe(404);
  });

  it.each([
    ["?pipelin=tickets", 400, "UnknownParameter"],
    ["?pipeline=nowhere", 404, "UnknownPipeline"],
    ["?prefix=../x", 400, "InvalidName"],
  ])("with %s is refused with what is wrong", async (query, status, code) => {
    const answer = await fetch(`${url}/api/backfill${query}`, { method: "POST" });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ status, code, detail: expect.any(String), hint: expect.any(String) });
  });
});

describe("a document asked for by a name that leads elsewhere", () => {
  it.each(["..%2Fresults%2Fx.json", "..%2F..%2F..%2F", "a%2F..%2Fb"])("is refused: %s", async (name) => {
    const answer = await fetch(`${url}/api/documents/${name}`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: "InvalidName" });
  });
});
