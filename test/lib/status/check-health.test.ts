import { randomBytes } from "node:crypto";
import { expect, inject, it } from "vitest";
import { readApp } from "../../../src/lib/app.ts";
import { checkHealth } from "../../../src/lib/status/check-health.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

it("an app is unhealthy while any of its containers is gone, and says which; the sweep makes it again", async () => {
  const name = `t${randomBytes(6).toString("hex")}`;
  const kinds = ["input", "results", "failed", "work", "projects"] as const;
  const app = readApp({
    AzureWebJobsStorage: inject("storage"),
    LANGUAGE_ENDPOINT: "https://reader.cognitiveservices.azure.com",
    AUTHORING: "true",
    PIPELINES_FILE: "samples/pipelines.json",
    ...Object.fromEntries(kinds.map((kind) => [`${kind.toUpperCase()}_CONTAINER`, `${name}-${kind}`])),
  });
  const failing = async () => {
    const { status, checks } = await checkHealth(() => app);
    const names = checks.filter(({ ok }) => !ok).map((check) => check.name);
    expect(status).toBe(names.length === 0 ? "healthy" : "unhealthy");
    return names.sort();
  };
  expect(await failing()).toEqual(kinds.map((kind) => `container ${name}-${kind}`).sort());
  await app.prepareStorage();
  expect(await failing()).toEqual([]);
  for (const container of [app.containers.results, app.projects]) {
    await container.delete();
    expect(await failing()).toEqual([`container ${container.containerName}`]);
    await app.prepareStorage();
    expect(await failing()).toEqual([]);
  }
});

it("a lane that cannot publish names the container that is gone", async () => {
  const fixture = await LaneFixture.create({}, { onAzurite: true });
  await fixture.drop("a.txt", "x");
  const collecting = await fixture.run((next) => next.action === "collect");
  await fixture.containers.results.delete();
  const failing = await fixture.run((next) => next.status.state === "failing", 0, collecting);
  expect(failing.status.reason?.message).toContain(fixture.containers.results.containerName);
  await fixture.containers.results.create();
  await fixture.finish(failing);
  expect(await fixture.results()).toEqual(["tickets/a.txt.json"]);
});
