import { randomBytes } from "node:crypto";
import { BlobServiceClient } from "@azure/storage-blob";
import { type LanguageService, startLanguageService } from "language-emulator";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { SAMPLES } from "../../../dev/stack/start-stack.ts";
import type { LogEvent } from "../../../src/lib/common/log.ts";
import { type ExpiryContext, ExpiryWatch } from "../../../src/lib/expiry/expiry-watch.ts";
import { createAuthoringClient } from "../../../src/lib/language/authoring/authoring-client.ts";
import { parsePipelines } from "../../../src/lib/settings/pipelines.ts";

let language: LanguageService;
let now: number;
let events: LogEvent[];
let watch: ExpiryWatch;
let key: string;
let context: ExpiryContext;

const custom = { kind: "CustomSingleLabelClassification", projectName: "tickets", deploymentName: "production" };
const pipelines = parsePipelines(
  JSON.stringify({
    pipelines: [
      { name: "tickets", match: "tickets/**", apiVersion: "2023-04-01", tasks: [{ name: "topic", ...custom }] },
      { name: "again", match: "again/**", apiVersion: "2023-04-01", tasks: [{ name: "topic", ...custom }] },
      { name: "phrases", match: "p/**", apiVersion: "2023-04-01", tasks: [{ kind: "EntityLinking" }] },
    ],
  }),
  "pipelines.json",
);
const DAY = 24 * 60 * 60_000;
const day = (days: number) => new Date(now + days * DAY).toISOString().slice(0, 10);

beforeAll(async () => {
  language = await startLanguageService({ projects: SAMPLES });
});
afterAll(() => language.stop());

beforeEach(async () => {
  const work = BlobServiceClient.fromConnectionString(inject("storage")).getContainerClient(
    `t${randomBytes(8).toString("hex")}`,
  );
  await work.create();
  now = Date.now();
  events = [];
  key = language.key;
  context = {
    work,
    pipelines,
    endpointsOf: () => [language.url],
    authoring: (endpoint) =>
      createAuthoringClient({
        endpoint,
        apiVersion: "2023-04-01",
        credential: { key },
        timeoutSeconds: 60,
        retryDelaysMs: [],
      }),
    now: () => now,
  };
  watch = new ExpiryWatch(context);
  await expire(day(100));
});

async function expire(expiresOn: string): Promise<void> {
  const answer = await fetch(`${language.url}/_emulator/deployments/tickets/production`, {
    method: "PUT",
    body: JSON.stringify({ expiresOn }),
  });
  expect(answer.ok).toBe(true);
}

const log = (event: LogEvent) => void events.push(event);
const look = (refused = new Map<string, { code: string; message: string; hint: string }>()) =>
  watch.refresh(refused, log);
const REFUSAL = {
  code: "DeploymentExpired",
  message: "The deployment 'production' of project 'tickets' has expired.",
  hint: "Renew it.",
};

describe("the watch over deployments", () => {
  it("reads once a day when each ends, tells the log by pipeline, and tells nothing new in between", async () => {
    await look();
    const first = {
      deployment: "production",
      state: "current",
      expiresOn: day(100),
      daysLeft: 100,
      source: "authoring",
    };
    expect((await watch.view()).deployments).toMatchObject([{ ...first, pipelines: ["tickets", "again"] }]);
    const told = {
      event: "expiry.report",
      subject: "deployment",
      name: "tickets/production",
      on: day(100),
      daysLeft: 100,
    };
    expect(events).toMatchObject([
      { ...told, pipeline: "tickets", source: "authoring" },
      { ...told, pipeline: "again" },
    ]);
    await expire(day(50));
    await look();
    await new ExpiryWatch(context).refresh(new Map(), log); // another process
    expect(events).toHaveLength(2);
    now += 21 * 60 * 60_000;
    await look();
    expect(events).toHaveLength(4);
  });

  it.each([
    [91, "current", false],
    [90, "expiring", true],
    [30, "expiring", true],
    [7, "expiring", true],
    [0, "expiring", true],
    [-1, "expired", true],
  ])("calls one that ends in %i days %s", async (days, state, isWarned) => {
    await expire(day(days));
    await look();
    const view = await watch.view();
    expect(view.deployments).toMatchObject([{ state, daysLeft: days }]);
    const warning = {
      subject: "deployment",
      name: "tickets/production",
      daysLeft: days,
      hint: "npm run project -- renew tickets",
    };
    expect(view.warnings.get("tickets") ?? []).toMatchObject(isWarned ? [warning] : []);
  });

  it("tells of what Microsoft retires when that is near, too", async () => {
    now = Date.parse("2028-08-02T12:00:00Z");
    await look();
    const retired = { subject: "kind", name: "EntityLinking", on: "2028-09-01", daysLeft: 30 };
    expect(events).toContainEqual({ event: "expiry.report", pipeline: "phrases", ...retired, source: "published" });
    const { warnings, retirements } = await watch.view();
    expect(warnings.get("phrases")).toMatchObject([retired]);
    expect(retirements.find(({ name }) => name === "CustomSingleLabelClassification")).toMatchObject({
      pipelines: ["tickets", "again"],
      daysLeft: 241,
    });
    expect(retirements.map(({ name }) => name)).not.toContain("KeyPhraseExtraction");
  });

  it("asks nobody where the app may not author, and says so", async () => {
    context = { ...context, authoring: undefined };
    watch = new ExpiryWatch(context);
    await look();
    expect((await watch.view()).deployments).toMatchObject([{ state: "unknown", problem: { code: "AuthoringOff" } }]);
  });

  it("learns of an end from the service's refusal too, until the service takes jobs again", async () => {
    context = { ...context, authoring: undefined };
    watch = new ExpiryWatch(context);
    await look();
    await look(new Map([["again", { ...REFUSAL, code: "Unauthorized" }]]));
    expect((await watch.view()).deployments).toMatchObject([{ state: "unknown" }]);
    await look(new Map([["again", REFUSAL]]));
    expect((await watch.view()).deployments).toMatchObject([
      { state: "expired", source: "runtime", expiresOn: day(0), problem: REFUSAL },
    ]);
    expect(events.some((each) => each.event === "expiry.report" && each.source === "runtime")).toBe(true);
    now += 3 * DAY;
    await look(new Map([["again", REFUSAL]]));
    expect((await watch.view()).deployments).toMatchObject([{ state: "expired", daysLeft: -3 }]);
    await look();
    expect((await watch.view()).deployments).toMatchObject([{ state: "unknown" }]);
  });

  it("keeps what authoring said when it cannot be asked, with the reason", async () => {
    await look();
    key = "a-key-of-nobody";
    now += DAY;
    await look();
    const [deployment] = (await watch.view()).deployments;
    expect(deployment).toMatchObject({ state: "current", daysLeft: 99, problem: { code: "Unauthorized" } });
    expect(JSON.stringify(deployment)).not.toContain(key);
  });

  it("says that a deployment is not there", async () => {
    context = { ...context, endpointsOf: () => [language.url] };
    const [one] = pipelines;
    const lost = { ...one, tasks: [{ ...one?.tasks[0], parameters: { projectName: "tickets", deploymentName: "x" } }] };
    watch = new ExpiryWatch({ ...context, pipelines: [lost as (typeof pipelines)[number]] });
    await look();
    expect((await watch.view()).deployments).toMatchObject([
      { state: "unknown", problem: { code: "DeploymentNotFound" } },
    ]);
  });
});
