import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { textHash } from "../src/text.ts";
import { at, EmulatorFixture, KEY_PHRASES, locationOf, request, TICKETS } from "./emulator-fixture.ts";

describe("what it has done", () => {
  it("is counted: requests, answers, jobs, records, and each text with each task", async () => {
    await using emulator = await EmulatorFixture.start();
    const long = "x ".repeat(600);
    await emulator.run(request(["one", long], [KEY_PHRASES, TICKETS]));
    await emulator.run(request(["one"], [KEY_PHRASES]));
    await emulator.call("GET", "/nowhere");
    const { body } = await emulator.call("GET", "/_emulator/stats");
    expect(body).toEqual(emulator.service.stats());
    expect(body).toMatchObject({
      requests: { "POST /language/analyze-text/jobs": 2, "GET /language/analyze-text/jobs/{jobId}": 2, unknown: 1 },
      answers: { 200: 2, 202: 2, 404: 1 },
      jobs: { accepted: 2, cancelled: 0 },
      documents: 3,
      textRecords: 7,
    });
    const times = (text: string, task: string): unknown =>
      at(body, "analyses").find((entry) => String(entry.textHash) === textHash(text) && String(entry.task) === task)
        ?.count;
    expect(times("one", "KeyPhraseExtraction")).toBe(2);
    expect(times("one", "CustomSingleLabelClassification tickets/production")).toBe(1);
    expect(times(long, "KeyPhraseExtraction")).toBe(1);
    await emulator.call("DELETE", "/_emulator/stats");
    expect(emulator.service.stats()).toMatchObject({ requests: {}, documents: 0, analyses: [] });
  });
});

describe("while it runs", () => {
  it("a deployment can be let end: it is shown with its end, and refuses from that day on until it is deployed again", async () => {
    await using emulator = await EmulatorFixture.start();
    const deployment = "/_emulator/deployments/tickets/production";
    const submit = () =>
      emulator.call("POST", "/language/analyze-text/jobs?api-version=2023-04-01", request(["x"], [TICKETS]));
    const ends = async () => {
      const path = "/language/authoring/analyze-text/projects/tickets/deployments/production?api-version=2023-04-01";
      return String(at((await emulator.call("GET", path)).body, "deploymentExpirationDate"));
    };
    await emulator.call("PUT", deployment, { expiresOn: "2999-01-01" });
    expect([await ends(), (await submit()).status]).toEqual(["2999-01-01", 202]);
    await emulator.call("PUT", deployment, { expiresOn: "2020-01-01" });
    const refused = await submit();
    expect(refused.status).toBe(400);
    expect(JSON.stringify(refused.body)).toContain("The deployment 'production' of project 'tickets' has expired.");
    await emulator.call("PUT", deployment, {});
    expect((await submit()).status).toBe(202);
    expect(await ends()).not.toBe("2020-01-01");
  });

  it("keys can be changed", async () => {
    await using emulator = await EmulatorFixture.start();
    const submit = (key: string) =>
      emulator.call("POST", "/language/analyze-text/jobs?api-version=2023-04-01", request(["x"], [KEY_PHRASES]), {
        "Ocp-Apim-Subscription-Key": key,
      });
    expect((await emulator.call("PUT", "/_emulator/keys", { keys: ["new"] })).status).toBe(204);
    expect((await submit(emulator.service.key)).status).toBe(401);
    expect((await submit("new")).status).toBe(202);
    expect((await emulator.call("PUT", "/_emulator/keys", { keys: [] })).status).toBe(400);
  });

  it("deployments can be taken away and given back", async () => {
    await using emulator = await EmulatorFixture.start();
    const status = async (): Promise<number> => (await emulator.submit(request(["x"], [TICKETS]))).status;
    const deployment = "/_emulator/deployments/tickets/production";
    expect((await emulator.call("DELETE", deployment)).status).toBe(204);
    expect(await status()).toBe(404);
    expect((await emulator.call("DELETE", deployment)).status).toBe(404);
    expect((await emulator.call("PUT", deployment)).status).toBe(204);
    expect(await status()).toBe(202);
    expect((await emulator.call("PUT", deployment, { model: "nope" })).body).toEqual({
      error: "Project tickets has no model nope; its models: samples.",
    });
  });

  it("its projects can be listed, and what it does not offer is named", async () => {
    await using emulator = await EmulatorFixture.start();
    const { body } = await emulator.call("GET", "/_emulator/projects");
    expect(at(body, "projects")).toContainEqual({
      projectName: "visits",
      projectKind: "CustomHealthcare",
      models: ["samples"],
      deployments: ["production"],
      publishedModelId: expect.stringMatching(/_Healthcare_latest$/),
    });
    const missing = await emulator.call("POST", "/_emulator/tea");
    expect([missing.status, missing.body.error]).toEqual([404, "The emulator has no POST /_emulator/tea."]);
  });
});

describe("with a data folder", () => {
  let data = "";
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), "language-"));
  });
  afterEach(() => rmSync(data, { recursive: true }));

  it("jobs and the count of analyses outlive the process", async () => {
    const first = await EmulatorFixture.start({ data });
    const accepted = await first.submit(request(["We were charged twice"], [TICKETS]));
    const { pathname, search } = new URL(locationOf(accepted));
    const before = first.service.stats();
    await first.service.stop();

    await using second = await EmulatorFixture.start({ data });
    expect(second.service.stats().analyses).toEqual(before.analyses);
    second.clock.advance(1);
    await second.call("POST", `${pathname}:cancel${search}`);
    second.clock.advance(1);
    const { body } = await second.call("GET", pathname + search);
    expect(body).toMatchObject({ status: "cancelled", createdDateTime: "2026-03-01T12:00:00Z" });
  });

  it("jobs past their life time are cleared away at the next start", async () => {
    const first = await EmulatorFixture.start({ data });
    await first.submit(request(["x"], [KEY_PHRASES]));
    await first.service.stop();
    writeFileSync(join(data, "jobs", "half-written.json.new"), "{");
    await using second = await EmulatorFixture.start({
      data,
      clock: { now: () => Date.parse("2026-03-02T12:00:00Z") },
    });
    expect(readdirSync(join(data, "jobs"))).toEqual(["half-written.json.new"]);
    expect(second.service.stats().jobs.accepted).toBe(0);
  });
});

it("refuses to start on a port that is taken", async () => {
  await using first = await EmulatorFixture.start();
  const port = Number(new URL(first.service.url).port);
  await expect(EmulatorFixture.start({ port })).rejects.toThrow("EADDRINUSE");
});
