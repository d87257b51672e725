import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AppSettings } from "../src/app-settings.ts";
import { type HostSettings, readHostJson } from "../src/host-json.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "host-json-"));
});
afterEach(() => rm(directory, { recursive: true }));

async function read(hostJson: unknown, settings: Record<string, string> = {}): Promise<HostSettings> {
  await writeFile(join(directory, "host.json"), typeof hostJson === "string" ? hostJson : JSON.stringify(hostJson));
  return readHostJson(directory, new AppSettings(settings));
}

test("an empty host.json has Azure's defaults", async () => {
  expect(await read({ version: "2.0" })).toMatchObject({
    routePrefix: "api",
    functionTimeout: 1_800_000,
    taskHub: "TestHubName",
    queues: {
      batchSize: 16,
      maxDequeueCount: 5,
      visibilityTimeout: 0,
      maxPollingInterval: 60_000,
      messageEncoding: "base64",
    },
    blobs: { poisonBlobThreshold: 5 },
  });
});

test("what is set is honoured", async () => {
  const hostJson = {
    version: "2.0",
    functionTimeout: "00:10:00",
    logging: { anything: true },
    extensions: {
      http: { routePrefix: "/v1/" },
      queues: { batchSize: 4, newBatchThreshold: 1, visibilityTimeout: "00:00:05", maxDequeueCount: 2 },
      blobs: { maxDegreeOfParallelism: 3, poisonBlobThreshold: 7 },
      durableTask: { hubName: "%HUB%", storageProvider: { workItemQueueVisibilityTimeout: "00:01:00" } },
    },
  };
  expect(await read(hostJson, { HUB: "mine" })).toMatchObject({
    routePrefix: "v1",
    functionTimeout: 600_000,
    taskHub: "mine",
    workItemVisibilityTimeout: 60_000,
    queues: { batchSize: 4, newBatchThreshold: 1, visibilityTimeout: 5_000, maxDequeueCount: 2 },
    blobs: { maxDegreeOfParallelism: 3, poisonBlobThreshold: 7 },
  });
});

test("app settings lie over the file, whatever their case", async () => {
  const hostJson = { version: "2.0", extensions: { queues: { batchSize: 4 } } };
  const settings = {
    AzureFunctionsJobHost__extensions__Queues__BatchSize: "1",
    AzureFunctionsJobHost__extensions__http__routePrefix: "",
  };
  expect(await read(hostJson, settings)).toMatchObject({ routePrefix: "", queues: { batchSize: 1 } });
});

test.each([
  ["an old version", { version: "1.0" }, /version/],
  ["a batch Azure refuses", { version: "2.0", extensions: { queues: { batchSize: 33 } } }, /batchSize/],
  ["a number for a duration", { version: "2.0", functionTimeout: "300" }, /functionTimeout|duration/],
  ["a hub name without its setting", { version: "2.0", extensions: { durableTask: { hubName: "%HUB%" } } }, /HUB/],
  ["text", "{", /not JSON/],
])("%s is refused", async (_what, hostJson, expected) => {
  await expect(read(hostJson)).rejects.toThrow(expected);
});

test("a missing file is refused", async () => {
  await expect(readHostJson(directory, new AppSettings({}))).rejects.toThrow(/host\.json is missing/);
});
