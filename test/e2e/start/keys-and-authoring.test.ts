import { resolve } from "node:path";
import { startHost } from "functions-emulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { routes } from "../../../src/lib/api/routes.ts";
import { ownAccount } from "../own-account.ts";
import { until } from "../waiting.ts";

interface Described {
  name: string;
  trigger: string;
  authLevel?: string;
  methods?: string[];
  invoke_url_template?: string;
}

let stop: () => Promise<unknown>;
let url: string;
let functions: Described[];

beforeAll(async () => {
  const host = await startHost({
    appDirectory: resolve("."),
    settings: {
      AzureWebJobsStorage: ownAccount(),
      AZURE_FUNCTIONS_ENVIRONMENT: "Production",
      LANGUAGE_ENDPOINT: "http://127.0.0.1:1",
      LANGUAGE_KEY: "k",
      AUTHORING: "",
      PIPELINES_FILE: "samples/pipelines.json",
    },
    log: () => {},
  });
  stop = () => host.stop();
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

describe("the calls of the app", () => {
  const calls = () => functions.filter(({ trigger }) => trigger === "http");

  it("are those of the table of routes, each with its method, its address and whose key it takes", () => {
    const registered = calls().map(({ name, authLevel, methods, invoke_url_template: address }) => {
      return { name, authLevel, methods, address: address?.slice(`${url}/api/`.length) };
    });
    const table = Object.values(routes).map(({ name, authLevel, method, route }) => {
      return { name, authLevel, methods: [method], address: route };
    });
    const byName = (one: { name: string }, other: { name: string }) => one.name.localeCompare(other.name);
    expect(registered.sort(byName)).toEqual(table.sort(byName));
  });

  it("take the master key where they change models, none for health and the files of the page, else a function key", () => {
    const keyed = (level: string) =>
      calls()
        .flatMap(({ name, authLevel }) => (authLevel === level ? [name] : []))
        .sort();
    expect(keyed("admin")).toEqual(["projectDelete", "projectDeploy", "projectPut", "projectRenew", "projectTrain"]);
    expect(keyed("anonymous")).toEqual(["health", "statusFile", "statusPage"]);
  });

  it("are those of the OpenAPI document, which says of each what it takes and answers", async () => {
    const document = z
      .object({
        openapi: z.literal("3.1.0"),
        paths: z.record(z.string(), z.record(z.string(), z.looseObject({ operationId: z.string() }))),
        components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
      })
      .parse(await (await fetch(`${url}/api/openapi.json`)).json());
    const told = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, { operationId }]) => `${operationId} ${method.toUpperCase()} ${path}`),
    );
    const registered = calls().map(({ name, methods = [], invoke_url_template: address = "" }) => {
      return `${name} ${methods[0]} ${address.slice(`${url}/api`.length).replaceAll(/\{\*/g, "{")}`;
    });
    expect(told.sort()).toEqual(registered.sort());
    const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)];
    expect(references.length).toBeGreaterThan(20);
    for (const [, name = ""] of references) expect(document.components.schemas).toHaveProperty(name);
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
