import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { readApp } from "../../src/lib/app.ts";
import type { EventLog } from "../../src/lib/common/log.ts";
import { accept } from "./language/job-replies.ts";
import { scriptedServer } from "./language/scripted-server.ts";

const quiet: EventLog = () => {};

it("sends with each job of a pipeline what the pipeline says of the whole job, and with no other's", async () => {
  const server = await scriptedServer(accept, accept);
  const folder = await mkdtemp(join(tmpdir(), "app-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const common = { match: "**", apiVersion: "2026-05-15-preview", tasks: [{ kind: "KeyPhraseExtraction" }] };
  const options = { language: "auto", defaultLanguage: "de", cancelAfter: 90 };
  const pipelines = [
    { name: "plain", ...common },
    { name: "optioned", ...common, ...options },
  ];
  const path = join(folder, "pipelines.json");
  await writeFile(path, JSON.stringify({ pipelines }));
  const app = readApp({
    AzureWebJobsStorage: "UseDevelopmentStorage=true",
    LANGUAGE_ENDPOINT: server.endpoint,
    LANGUAGE_KEY: "k",
    PIPELINES_FILE: path,
  });
  for (const pipeline of app.pipelines) {
    const { client, endpoints } = app.lane(pipeline, { pipeline: pipeline.name, lane: 0 }, quiet);
    await client(endpoints[0] ?? "", pipeline.apiVersion).submit({ documents: [], tasks: pipeline.tasks });
  }
  const [plain, optioned] = server.seen.map(({ body }) => body);
  expect(Object.keys(Object(plain))).toEqual(["analysisInput", "tasks"]);
  expect(optioned).toMatchObject({ defaultLanguage: "de", cancelAfter: 90 });
});
