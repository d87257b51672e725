import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { AnonymousCredential } from "@azure/storage-blob";
import { afterEach, expect, it } from "vitest";
import { clientsAt } from "../../../src/lib/storage/storage-clients.ts";

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A storage account that takes requests and says nothing, or only the beginning of a blob. */
async function silentStorage(beginning?: string): Promise<{ url: string }> {
  const server = createServer((_request, response) => {
    if (beginning === undefined) return;
    response.writeHead(200, { "Content-Length": "1000", ETag: '"1"' });
    response.write(beginning);
  });
  servers.push(server.listen(0, "127.0.0.1"));
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/account` };
}

/** As the app's clients, but with less patience. */
const impatient = (url: string) => clientsAt({ blobs: url, queues: url }, new AnonymousCredential(), 200);

it("gives up a call that blob storage never answers", async () => {
  const { url } = await silentStorage();
  const call = impatient(url).blobs.getContainerClient("results").getBlobClient("a.json").getProperties();
  await expect(call).rejects.toThrow(/^127\.0\.0\.1:\d+ did not answer within 0\.2 seconds/);
});

it("gives up a call that queue storage never answers", async () => {
  const { url } = await silentStorage();
  const call = impatient(url).queues.getQueueClient("tickets").receiveMessages();
  await expect(call).rejects.toThrow("did not answer within 0.2 seconds");
});

it("gives up a blob whose content never ends", async () => {
  const { url } = await silentStorage("the beginning");
  const blob = impatient(url).blobs.getContainerClient("documents").getBlobClient("a.txt");
  const { readableStreamBody } = await blob.download();
  await expect(text(readableStreamBody ?? [])).rejects.toThrow();
});

/** A storage account that is busy so often before it answers; and who asked. */
async function busyStorage(times: number): Promise<{ url: string; agents: (string | undefined)[] }> {
  const agents: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    agents.push(request.headers["user-agent"]);
    const isBusy = agents.length <= times;
    response.writeHead(isBusy ? 503 : 200, { ETag: '"1"', "Content-Length": "0" });
    response.end();
  });
  servers.push(server.listen(0, "127.0.0.1"));
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/account`, agents };
}

it("asks a busy service again, each time by the app's name", async () => {
  const { url, agents } = await busyStorage(1);
  const { blobs, queues } = clientsAt({ blobs: url, queues: url }, new AnonymousCredential());
  const { etag } = await blobs.getContainerClient("results").getBlobClient("a.json").getProperties();
  expect(etag).toBe('"1"');
  await queues.getQueueClient("tickets").getProperties();
  expect(agents).toHaveLength(3);
  for (const agent of agents) expect(agent).toMatch(/^language-batch\/\d/);
});

it("gives up a call whose tries together take too long", async () => {
  const { url, agents } = await busyStorage(Number.POSITIVE_INFINITY);
  const began = performance.now();
  const call = impatient(url).blobs.getContainerClient("results").getBlobClient("a.json").getProperties();
  await expect(call).rejects.toThrow("did not answer within 0.2 seconds");
  expect(performance.now() - began).toBeLessThan(1_000);
  expect(agents).toHaveLength(2); // the third try would come after a second
});

it("has the same limit for each page of a list", async () => {
  const { url } = await silentStorage();
  const list = impatient(url).blobs.getContainerClient("results").listBlobsFlat();
  await expect(list.next()).rejects.toThrow("did not answer within 0.2 seconds");
});

async function text(stream: Iterable<unknown> | AsyncIterable<unknown>): Promise<string> {
  let read = "";
  for await (const chunk of stream) read += String(chunk);
  return read;
}
