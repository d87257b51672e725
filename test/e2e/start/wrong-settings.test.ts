import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startAzurite } from "azurite-process";
import { startHost } from "functions-emulator";
import { expect, it, onTestFinished, vi } from "vitest";

it("an app whose settings and pipelines are wrong has all its functions, and lists every problem", async () => {
  const azurite = await startAzurite();
  const folder = await mkdtemp(join(tmpdir(), "wrong-settings-"));
  onTestFinished(async () => {
    await azurite.stop();
    await rm(folder, { recursive: true });
  });
  const file = join(folder, "pipelines.json");
  await writeFile(file, '{ "pipelines": [{ "name": "Tickets", "match": "**", "tasks": [] }] }');
  const written: string[] = [];
  const stderr = vi.spyOn(process.stderr, "write").mockImplementation((text) => written.push(String(text)) > 0);
  const host = await startHost({
    appDirectory: resolve("."),
    settings: {
      AzureWebJobsStorage: azurite.connectionString,
      AZURE_FUNCTIONS_ENVIRONMENT: "Production",
      LANGUAGE_ENDPOINT: "somewhere",
      LANGUAGE_KEY: "",
      AUTHORING: "true",
      INPUT_CONTAINER: "Not A Container",
      SWEEP_INTERVAL_MINUTES: "often",
      PIPELINES_FILE: file,
    },
    log: () => {},
  });
  onTestFinished(() => host.stop());
  stderr.mockRestore();

  expect(await (await fetch(`${host.url}/admin/functions`)).json()).toHaveLength(40);
  const told = written.filter((line) => line.startsWith("The app cannot work"));
  expect(told).toHaveLength(1);
  expect(told[0]?.trimEnd()).not.toContain("\n");

  const answer = await fetch(`${host.url}/api/health`);
  expect(answer.status).toBe(503);
  const { checks } = (await answer.json()) as { checks: { name: string; ok: boolean; message: string }[] };
  const where = [
    "LANGUAGE_ENDPOINT",
    "INPUT_CONTAINER",
    "SWEEP_INTERVAL_MINUTES",
    "pipelines[0].name",
    "pipelines[0].tasks",
  ];
  for (const what of where) {
    expect(told[0]).toContain(what);
    expect(checks).toContainEqual({ name: "settings", ok: false, message: expect.stringContaining(`${what}`) });
  }
  for (const { message } of checks) expect(message).not.toContain("\n");

  const pipelines = await fetch(`${host.url}/api/pipelines`);
  expect(pipelines.status).toBe(503);
  expect(pipelines.headers.get("content-type")).toBe("application/problem+json");
  expect(await pipelines.json()).toMatchObject({
    code: "InvalidSettings",
    hint: expect.stringContaining("/api/health"),
  });
});
