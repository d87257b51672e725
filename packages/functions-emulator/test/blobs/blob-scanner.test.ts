import type { BlobServiceClient, ContainerClient } from "@azure/storage-blob";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BlobReceipts } from "../../src/blobs/blob-receipts.ts";
import { BlobScanner } from "../../src/blobs/blob-scanner.ts";
import { PathPattern } from "../../src/path-template.ts";

let etags: Map<string, string>;
let listings: number;
let receiptNames: Set<string>;
let receiptListings: number;
let enqueued: string[];
let failures: number;
let scanner: BlobScanner;

beforeEach(() => {
  etags = new Map();
  receiptNames = new Set();
  [listings, receiptListings, failures] = [0, 0, 0];
  enqueued = [];
});
afterEach(() => scanner.stop());

/** A container that lists what the test says, in pages of two. */
const container = {
  containerName: "input",
  listBlobsFlat: () => ({
    byPage: async function* () {
      listings++;
      const items = [...etags].map(([name, etag]) => ({ name, properties: { etag, blobType: "BlockBlob" } }));
      for (let at = 0; at < items.length; at += 2) yield { segment: { blobItems: items.slice(at, at + 2) } };
    },
  }),
} as unknown as ContainerClient;

/** The host's own container, with receipts only. */
const hostStorage = {
  getContainerClient: () => ({
    listBlobsFlat: async function* ({ prefix }: { prefix: string }) {
      receiptListings++;
      for (const name of receiptNames) if (name.startsWith(prefix)) yield { name };
    },
    getBlockBlobClient: (name: string) => ({ upload: async () => void receiptNames.add(name) }),
  }),
} as unknown as BlobServiceClient;

function start(paths: Record<string, string> = { all: "input/{name}" }): void {
  scanner = new BlobScanner({
    container,
    functions: Object.entries(paths).map(([id, path]) => ({ id, path: new PathPattern(path, "here") })),
    receipts: new BlobReceipts(hostStorage, "me"),
    enqueue: async ({ FunctionId, BlobName, ETag }) => {
      if (failures-- > 0) throw new Error("queue is away");
      enqueued.push(`${FunctionId} ${BlobName} ${ETag}`);
    },
    interval: 1_000_000,
    log: () => {},
  });
  scanner.start();
}

test("each version is offered once, with its ETag in quotes", async () => {
  etags.set("a", "1").set("b", "2").set("c", "3");
  start();
  await scanner.scanNow();
  etags.set("b", "4");
  expect(await scanner.scanNow()).toBe(true);
  expect(enqueued.toSorted()).toEqual(['all a "1"', 'all b "2"', 'all b "4"', 'all c "3"']);
});

test("a scan without news is one listing and nothing else", async () => {
  for (let index = 0; index < 1000; index++) etags.set(`blob-${index}`, "1");
  start();
  await scanner.scanNow();
  const before = { listings, receiptListings, enqueued: enqueued.length, receipts: receiptNames.size };
  expect(await scanner.scanNow()).toBe(false);
  expect({ listings, receiptListings, enqueued: enqueued.length, receipts: receiptNames.size }).toEqual({
    ...before,
    listings: before.listings + 1,
  });
});

test("functions that share a container share the scan and get what matches their paths", async () => {
  etags.set("a.txt", "1").set("b.pdf", "2");
  start({ text: "input/{name}.txt", all: "input/{name}" });
  await scanner.scanNow();
  expect(enqueued.toSorted()).toEqual(['all a.txt "1"', 'all b.pdf "2"', 'text a.txt "1"']);
});

test("a deleted and recreated blob is a new version", async () => {
  etags.set("a", "1");
  start();
  await scanner.scanNow();
  etags.delete("a");
  await scanner.scanNow();
  etags.set("a", "2");
  await scanner.scanNow();
  expect(enqueued).toEqual(['all a "1"', 'all a "2"']);
});

describe("crashes and failures", () => {
  test("versions with a receipt from an earlier run are not offered again", async () => {
    etags.set("a", "1").set("b", "2");
    receiptNames.add('blobreceipts/me/all/"1"/input/a');
    start();
    await scanner.scanNow();
    expect(enqueued).toEqual(['all b "2"']);
  });

  test("a receipt of another function does not count", async () => {
    etags.set("a", "1");
    receiptNames.add('blobreceipts/me/other/"1"/input/a');
    start();
    await scanner.scanNow();
    expect(enqueued).toEqual(['all a "1"']);
  });

  test("what could not be enqueued is offered again, and what could is not", async () => {
    etags.set("a", "1").set("b", "2").set("c", "3");
    failures = 1;
    start();
    await scanner.scanNow();
    await scanner.scanNow();
    expect(enqueued.toSorted()).toEqual(['all a "1"', 'all b "2"', 'all c "3"']);
  });
});
