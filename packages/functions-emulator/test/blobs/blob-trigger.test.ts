import { createRequire } from "node:module";
import type { ContainerClient } from "@azure/storage-blob";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Host } from "../../src/host.ts";
import { freshAccount, peek, put, recorded, startTiny, storageOf, tinyCalls } from "../tiny-app.ts";

const connectionString = freshAccount();
let storage: ReturnType<typeof storageOf>;
let host: Host;
let container: ContainerClient;
let number = 0;

beforeAll(async () => {
  storage = storageOf(connectionString);
});
afterEach(() => host.stop());

const start = () => startTiny(connectionString, { settings: { DROP: container.containerName } });
const scanned = () => (recorded("scanned") as { name: unknown; blobTrigger: string }[]).map(({ name }) => name);

describe("scanning a container", () => {
  beforeEach(async () => {
    container = await storage.container(`drop-${++number}`); // each test has receipts of its own
    host = await start();
  });

  test("runs the function once for each blob, and again for a new version", async () => {
    await put(container, "a.txt", "one");
    await put(container, "folder/b.txt", "two");
    await host.idle();
    expect(scanned().sort()).toEqual(["a.txt", "folder/b.txt"]);
    await host.idle();
    await put(container, "a.txt", "one again");
    await host.idle();
    expect(scanned().sort()).toEqual(["a.txt", "a.txt", "folder/b.txt"]);
  });

  test("finds new blobs by itself", async () => {
    await put(container, "a.txt", "one");
    await expect.poll(scanned, { timeout: 10_000 }).toEqual(["a.txt"]);
  });

  test("hands over the content as a Buffer and the metadata as Azure does", async () => {
    const name = "2024 jahr/#50%? Äpfel日本.txt";
    await container.getBlockBlobClient(name).upload("text", 4, {
      blobHTTPHeaders: { blobContentType: "text/plain" },
      metadata: { Author: "me" },
    });
    await host.idle();
    expect(tinyCalls()).toContainEqual({
      isBuffer: true,
      scanned: {
        blobTrigger: `${container.containerName}/${name}`,
        uri: container.getBlobClient(name).url,
        name,
        metadata: expect.objectContaining({}),
        properties: expect.objectContaining({
          blobType: 0,
          contentLength: 4,
          contentType: "text/plain",
          lastModified: expect.stringMatching(/^\d{4}-.*\+00:00$/),
        }),
      },
    });
    const [{ uri }] = recorded("scanned") as [{ uri: string }];
    expect(uri).toContain("/2024%20jahr/%2350%25%3F%20%C3%84pfel%E6%97%A5%E6%9C%AC.txt");
  });

  test("a name that is a number arrives as a number", async () => {
    await put(container, "2024", "text");
    await host.idle();
    expect(scanned()).toEqual([2024]);
  });

  test("an empty blob is a blob", async () => {
    await put(container, "empty.txt", "");
    await host.idle();
    expect(scanned()).toEqual(["empty.txt"]);
  });

  test("writes what the handler returns to its output blob", async () => {
    await put(container, "a.txt", "12345");
    await host.idle();
    const results = await storage.container("results");
    expect((await results.getBlobClient("a.txt.json").downloadToBuffer()).toString()).toBe('{"length":5}');
  });

  test("a blob that fails five times goes to the poison queue", async () => {
    await put(container, "bad.txt", "poison");
    await host.idle();
    expect(scanned()).toEqual(Array(5).fill("bad.txt"));
    const poison = await storage.queue("webjobs-blobtrigger-poison");
    expect((await peek(poison)).map((text) => JSON.parse(text))).toContainEqual({
      Type: "BlobTrigger",
      FunctionId: "Host.Functions.scanned",
      BlobType: "BlockBlob",
      ContainerName: container.containerName,
      BlobName: "bad.txt",
      ETag: (await container.getBlobClient("bad.txt").getProperties()).etag,
    });
  });

  test("a message for a version that is no longer there is dropped", async () => {
    await put(container, "a.txt", "one");
    await host.idle();
    const queue = await storage.queue("azure-webjobs-blobtrigger-tiny");
    const stale = { Type: "BlobTrigger", FunctionId: "Host.Functions.scanned", BlobType: "BlockBlob" };
    for (const BlobName of ["a.txt", "gone.txt"]) {
      const message = { ...stale, ContainerName: container.containerName, BlobName, ETag: '"0x1"' };
      await queue.sendMessage(Buffer.from(JSON.stringify(message)).toString("base64"));
    }
    await host.idle();
    expect(scanned()).toEqual(["a.txt"]);
    expect(await peek(queue)).toEqual([]);
  });
});

describe("restarting", () => {
  beforeEach(async () => {
    container = await storage.container(`drop-${++number}`);
    host = await start();
  });

  test("receipts tell what has been handled; what came meanwhile is found", async () => {
    await put(container, "before.txt", "x");
    await put(container, "x".repeat(1000), "a name too long to be part of a receipt's name");
    await host.idle();
    expect(scanned()).toHaveLength(2);
    await host.stop();
    await put(container, "meanwhile.txt", "x");
    host = await start();
    await host.idle();
    expect(scanned()).toEqual(["meanwhile.txt"]);
  });
});

describe("a function with sdkBinding", () => {
  let lines: Awaited<ReturnType<typeof start>>["lines"];
  beforeEach(async () => {
    container = await storage.container("referenced");
    const started = await start();
    ({ lines } = started);
    host = started;
  });

  test("gets what the app's resource factory makes of the reference", async () => {
    await put(container, "a b.pdf", "not loaded");
    await host.idle();
    expect(recorded("referenced")).toEqual([
      { Connection: "AzureWebJobsStorage", ContainerName: "referenced", BlobName: "a b.pdf" },
    ]);
  });

  test("fails as in Azure when the app has registered no factory", async () => {
    const { ResourceFactoryResolver } = createRequire(import.meta.url)("@azure/functions-extensions-base");
    const { resourceFactories } = ResourceFactoryResolver.getInstance() as { resourceFactories: Map<string, unknown> };
    resourceFactories.delete("AzureStorageBlobs");
    await expect(host.invoke("referenced", "referenced/a b.pdf")).rejects.toThrow(
      /Unable to create client\. Please register the extensions library.*Factory for type "AzureStorageBlobs"/,
    );
    expect(lines).toContainEqual(expect.objectContaining({ level: "error", functionName: "referenced" }));
  });
});
