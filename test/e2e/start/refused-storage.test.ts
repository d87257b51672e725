import { resolve } from "node:path";
import { startHost } from "functions-emulator";
import { expect, it, onTestFinished, vi } from "vitest";
import { guardStorage } from "../../helpers/guarded-storage.ts";
import { ownAccount } from "../own-account.ts";
import { until } from "../waiting.ts";

interface Health {
  status: string;
  checks: { name: string; ok: boolean; message?: string }[];
}

it("an app that storage does not let in yet says so, and works as soon as it is let in", async () => {
  const storage = await guardStorage(ownAccount());
  storage.refuses = (path) => /\/(?:documents|results|failed|language-batch-work|lbx?-[\w-]+)(?:\/|$)/.test(path);
  const written: string[] = [];
  const stderr = vi.spyOn(process.stderr, "write").mockImplementation((text) => written.push(String(text)) > 0);
  const host = await startHost({
    appDirectory: resolve("."),
    settings: {
      AzureWebJobsStorage: storage.connectionString,
      AZURE_FUNCTIONS_ENVIRONMENT: "Production",
      LANGUAGE_ENDPOINT: "http://127.0.0.1:1",
      LANGUAGE_KEY: "k",
      AUTHORING: "true",
      PIPELINES_FILE: "samples/pipelines.json",
    },
    log: () => {},
  });
  onTestFinished(() => host.stop());
  stderr.mockRestore();

  const functions = (await (await fetch(`${host.url}/admin/functions`)).json()) as unknown[];
  expect(functions).toHaveLength(40);
  const told = written.filter((line) => line.startsWith("The app cannot work"));
  expect(told).toHaveLength(1);
  expect(told[0]?.trimEnd()).not.toContain("\n");
  expect(told[0]).toContain("AuthorizationPermissionMismatch");

  const health = async () => {
    const answer = await fetch(`${host.url}/api/health`);
    return { status: answer.status, body: (await answer.json()) as Health };
  };
  const refused = await health();
  expect(refused.status).toBe(503);
  for (const name of ["documents", "results", "failed", "language-batch-work"]) {
    expect(refused.body.checks).toContainEqual({
      name: `container ${name}`,
      ok: false,
      message: expect.stringMatching(/^AuthorizationPermissionMismatch .*Storage Blob Data/),
    });
  }
  expect(refused.body.checks.filter(({ name, ok }) => name.startsWith("queue ") && !ok).length).toBeGreaterThan(0);

  storage.refuses = () => false;
  await fetch(`${host.url}/admin/functions/sweep`, { method: "POST" });
  const healthy = await until("the health of the app", health, ({ status }) => status === 200, 30);
  expect(healthy.body).toMatchObject({
    status: "healthy",
    checks: expect.arrayContaining([{ name: "settings", ok: true }]),
  });
});
