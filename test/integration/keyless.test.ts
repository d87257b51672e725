import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TokenCredential } from "@azure/core-auth";
import { type Azurite, startAzurite } from "azurite-process";
import { type LanguageService, startLanguageService } from "language-emulator";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { readApp } from "../../src/lib/app.ts";
import type { LogEvent } from "../../src/lib/common/log.ts";
import { firstStep } from "../../src/lib/lane/lane.ts";
import { LaneOpener } from "../../src/lib/lane/lane-opener.ts";
import { runStep } from "../../src/lib/lane/run-step.ts";
import { DocumentClaims } from "../../src/lib/lane/store/document-claims.ts";
import { acceptDocument } from "../../src/lib/queueing/accept-document.ts";
import { readStorageSettings, type StorageSettings } from "../../src/lib/settings/storage-settings.ts";
import { createText, deleteBlob, readFacts, readText, replaceText } from "../../src/lib/storage/blobs.ts";
import { MessageQueue } from "../../src/lib/storage/message-queue.ts";
import { createStorageClients } from "../../src/lib/storage/storage-clients.ts";
import { type TestCertificate, trustedCertificate } from "../helpers/certificate.ts";
import { type IdentityEndpoint, startIdentityEndpoint } from "../helpers/identity-endpoint.ts";
import { type TokenClaims, unsignedToken } from "../helpers/unsigned-token.ts";

const STORAGE = "https://storage.azure.com";
const LANGUAGE = "https://cognitiveservices.azure.com";
const CLIENT = "0f3d1c1e-6f0a-4c55-9a53-0d5a0c1f8b11";

let certificate: TestCertificate;
let azurite: Azurite;

beforeAll(async () => {
  certificate = await trustedCertificate();
  azurite = await startAzurite({ certificate });
});

afterAll(async () => {
  await azurite.stop();
  await certificate.discard();
});

function settings(): StorageSettings {
  const { blobServiceUri, queueServiceUri } = azurite;
  const env = {
    AzureWebJobsStorage__blobServiceUri: blobServiceUri,
    AzureWebJobsStorage__queueServiceUri: queueServiceUri,
  };
  const read = readStorageSettings(env, []);
  if (read === undefined) throw new Error("The addresses of the storage emulator were refused");
  return read;
}

/** Clients that sign in with a token of these claims. */
function clientsWith(claims: TokenClaims) {
  const credential: TokenCredential = {
    getToken: async () => ({ token: unsignedToken(claims), expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
  return createStorageClients(settings(), () => credential);
}

describe("storage without keys", () => {
  it("keeps blobs under their conditions", async () => {
    const container = clientsWith({ aud: STORAGE }).blobs.getContainerClient("conditions");
    await container.createIfNotExists();
    const etag = await createText(container, "a/ä #?%.json", "{}", { metadata: { pipeline: "tickets" } });
    expect(await createText(container, "a/ä #?%.json", "{}")).toBeUndefined();
    expect(await replaceText(container, "a/ä #?%.json", "[]", { etag: etag ?? "" })).not.toBe(etag);
    expect(await replaceText(container, "a/ä #?%.json", "no", { etag: etag ?? "" })).toBeUndefined();
    expect(await readText(container, "a/ä #?%.json")).toMatchObject({ text: "[]" });
    expect(await deleteBlob(container, "a/ä #?%.json")).toBe(true);
    expect(await readFacts(container, "a/ä #?%.json")).toBeUndefined();
  });

  it("hands out each message of a queue, and makes the queue when it is missing", async () => {
    const queue = new MessageQueue(clientsWith({ aud: STORAGE }).queues.getQueueClient("waiting"));
    expect(await queue.peek()).toEqual({ head: [], visible: 0, total: 0 });
    await queue.send("tickets/ä.txt");
    expect(await queue.peek()).toEqual({ head: ["tickets/ä.txt"], visible: 1, total: 1 });
    const [message] = await queue.receive(1, 30);
    if (message === undefined) return expect.unreachable("no message came");
    await queue.delete(message);
    expect(await queue.peek()).toEqual({ head: [], visible: 0, total: 0 });
  });

  it("keeps a claims that lanes change at the same time", async () => {
    const work = clientsWith({ aud: STORAGE }).blobs.getContainerClient("work");
    await work.createIfNotExists();
    const claims = new DocumentClaims(work, "tickets");
    await Promise.all([0, 1, 2].map((lane) => claims.claim(lane, `b${lane}`, [`${lane}.txt`])));
    expect((await claims.batches()).size).toBe(3);
    expect(await claims.holder("2.txt")).toBe(2);
    await claims.release(2, "b2");
    expect(await claims.holder("2.txt")).toBeUndefined();
  });

  it.each<[string, TokenClaims]>([
    ["for another service", { aud: LANGUAGE }],
    ["of a stranger", { aud: STORAGE, iss: "https://example.com/" }],
    ["that has expired", { aud: STORAGE, exp: 1_700_000_000 }],
  ])("is refused with a token %s", async (_, claims) => {
    const { blobs, queues } = clientsWith(claims);
    const refused = { statusCode: 403, code: "AuthenticationFailed" };
    await expect(blobs.getContainerClient("refused").createIfNotExists()).rejects.toMatchObject(refused);
    await expect(new MessageQueue(queues.getQueueClient("refused")).peek()).rejects.toMatchObject(refused);
  });
});

/** From here on nothing is replaced: the identity library asks the endpoint that Azure Functions gives an app. */
describe("the app with the settings of the templates and its managed identity", () => {
  let identity: IdentityEndpoint;
  let language: LanguageService;
  let folder: string;

  beforeAll(async () => {
    identity = await startIdentityEndpoint();
    language = await startLanguageService({ certificate, keys: [], jobSeconds: { from: 0, to: 0 } });
    folder = await mkdtemp(join(tmpdir(), "keyless-"));
    const task = { kind: "KeyPhraseExtraction", name: "keyPhrases" };
    const pipeline = { name: "everything", match: "**", apiVersion: "2023-04-01", tasks: [task], maxWaitSeconds: 0 };
    await writeFile(join(folder, "pipelines.json"), JSON.stringify({ pipelines: [pipeline] }));
  });

  afterEach(() => vi.unstubAllEnvs());

  afterAll(async () => {
    await Promise.all([identity.stop(), language.stop()]);
    await rm(folder, { recursive: true, force: true });
  });

  it("takes a document from the container to its result, with tokens of that identity only", async () => {
    for (const [name, value] of Object.entries({ ...identity.env, AZURE_CLIENT_ID: CLIENT })) vi.stubEnv(name, value);
    const app = readApp({
      AzureWebJobsStorage__credential: "managedidentity",
      AzureWebJobsStorage__clientId: CLIENT,
      AzureWebJobsStorage__blobServiceUri: `${azurite.blobServiceUri}/`,
      AzureWebJobsStorage__queueServiceUri: `${azurite.queueServiceUri}/`,
      LANGUAGE_ENDPOINT: `${language.url}/`,
      PIPELINES_FILE: join(folder, "pipelines.json"),
    });
    const [pipeline] = app.pipelines;
    if (pipeline === undefined) return expect.unreachable("there is no pipeline");
    await app.prepareStorage();
    const text = Buffer.from("The invoice of May was charged twice.");
    await app.containers.input.getBlockBlobClient("tickets/hello.txt").uploadData(text);
    const events: LogEvent[] = [];
    const log = (event: LogEvent) => void events.push(event);
    await acceptDocument(app.intake(log), "tickets/hello.txt", "event");

    const lane = { pipeline: pipeline.name, lane: 0 };
    const host = { runningStatus: async () => undefined, start: async () => {} };
    let skippedMs = 0;
    const context = { ...app.lane(pipeline, lane, log), now: () => Date.now() + skippedMs };
    let step = firstStep(lane);
    const result = () => readText(app.containers.results, "everything/tickets/hello.txt.json");
    for (let taken = 0; taken < 10 && (await result()) === undefined; taken++) {
      step = await runStep(context, step, { host, opener: new LaneOpener() });
      skippedMs += step.afterSeconds * 1000;
    }

    expect(JSON.parse((await result())?.text ?? "null"), JSON.stringify(step.status)).toMatchObject({
      status: "succeeded",
      tasks: [{ name: "keyPhrases", status: "succeeded" }],
    });
    expect(events.map(({ event }) => event)).toContain("document.succeeded");
    expect(new Set(identity.requests.map(({ resource }) => resource))).toEqual(new Set([STORAGE, LANGUAGE]));
    expect(new Set(identity.requests.map(({ clientId }) => clientId))).toEqual(new Set([CLIENT]));
  });
});
