import type { ContainerClient } from "@azure/storage-blob";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type BlobCreatedEvent,
  EventGridNotifier,
  type EventGridNotifierOptions,
} from "../../src/blobs/event-grid-notifier.ts";
import { VirtualClock } from "../../src/clock.ts";
import type { Host } from "../../src/host.ts";
import { freshAccount, put, recorded, startTiny, storageOf } from "../tiny-app.ts";

const connectionString = freshAccount();
let host: Host;
let container: ContainerClient;
let other: ContainerClient;
let notifier: EventGridNotifier;

beforeEach(async () => {
  const storage = storageOf(connectionString);
  container = await storage.container("noticed");
  other = await storage.container("other");
  host = await startTiny(connectionString);
});
afterEach(async () => {
  await notifier.stop();
  await host.stop();
  await container.delete();
});

async function notify(options: Partial<EventGridNotifierOptions> = {}): Promise<void> {
  notifier = new EventGridNotifier({
    connectionString,
    container: "noticed",
    webhook: `${host.url}/runtime/webhooks/blobs?functionName=Host.Functions.noticed&code=any`,
    interval: 50,
    ...options,
  });
  await notifier.start();
}

async function settle(): Promise<void> {
  await notifier.flush();
  await host.idle();
}

test("a new blob reaches the function with the parameters of its path", async () => {
  await notify();
  await put(container, "2024/naïve #1?.txt", "hello");
  await settle();
  expect(recorded("noticed")).toEqual(["hello"]);
  expect([recorded("folder"), recorded("name")]).toEqual([[2024], ["naïve #1?"]]);
});

test("without an event nothing happens: an Event Grid trigger does not scan", async () => {
  await put(container, "a/b.txt", "unseen");
  await notify({ existing: "skip" });
  await settle();
  expect(recorded("noticed")).toEqual([]);
});

test("duplicates run the function again, for the version that is there now", async () => {
  await notify({ deliveries: () => [0, 0] });
  await put(container, "a/b.txt", "one");
  await settle();
  expect(recorded("noticed")).toEqual(["one", "one"]);
});

test("late and out of order, as the test wants it", async () => {
  const clock = new VirtualClock();
  const late = (event: BlobCreatedEvent): number[] =>
    event.subject.endsWith("first.txt") ? [60_000] : [1_000, 90_000];
  await notify({ clock, deliveries: late });
  await put(container, "a/first.txt", "first");
  await put(container, "a/second.txt", "second");
  await settle();
  expect(recorded("noticed")).toEqual([]);
  while (clock.runNext()) await settle();
  expect(recorded("noticed")).toEqual(["second", "first", "second"]);
});

test("the event of a version that was replaced runs the function for the new one", async () => {
  const clock = new VirtualClock();
  await notify({ clock, deliveries: () => [1_000] });
  await put(container, "a/b.txt", "old");
  await notifier.flush();
  await put(container, "a/b.txt", "new");
  clock.runNext();
  await settle();
  expect(recorded("noticed")).toEqual(["new"]);
});

test("the event of a blob that is gone is dropped", async () => {
  const clock = new VirtualClock();
  await notify({ clock, deliveries: () => [1_000] });
  await put(container, "a/b.txt", "gone");
  await notifier.flush();
  await container.deleteBlob("a/b.txt");
  clock.runNext();
  await settle();
  expect(recorded("noticed")).toEqual([]);
});

test("a delivery that fails is tried again", async () => {
  const failures: string[] = [];
  await notify({ onFailure: (message) => failures.push(message) });
  const { url } = host;
  await host.stop();
  await put(container, "a/b.txt", "patient");
  const flushed = notifier.flush();
  await expect.poll(() => failures.length).toBeGreaterThan(0);
  host = await startTiny(connectionString, { port: Number(new URL(url).port) });
  await flushed;
  await host.idle();
  expect(recorded("noticed")).toEqual(["patient"]);
  expect(failures[0]).toContain("event for /blobServices/default/containers/noticed/blobs/a/b.txt was not taken");
});

test("events have the shape of Event Grid's", async () => {
  const events: BlobCreatedEvent[] = [];
  const keep = (event: BlobCreatedEvent): number[] => {
    events.push(event);
    return [];
  };
  await notify({ deliveries: keep });
  await put(container, "a/ü.txt", "hello");
  await settle();
  const etag = (await container.getBlobClient("a/ü.txt").getProperties()).etag;
  expect(events).toEqual([
    {
      id: expect.stringMatching(/^[\da-f-]{36}$/),
      topic: expect.stringMatching(/\/providers\/Microsoft\.Storage\/storageAccounts\/test[\da-f]{16}$/),
      subject: "/blobServices/default/containers/noticed/blobs/a/ü.txt",
      eventType: "Microsoft.Storage.BlobCreated",
      eventTime: expect.stringMatching(/Z$/),
      dataVersion: "",
      metadataVersion: "1",
      data: {
        api: "PutBlob",
        clientRequestId: expect.any(String),
        requestId: expect.any(String),
        eTag: etag?.replaceAll('"', ""),
        contentType: "application/octet-stream",
        contentLength: 5,
        blobType: "BlockBlob",
        url: container.getBlobClient("a/ü.txt").url,
        sequencer: expect.stringMatching(/^[\dA-F]{48}$/),
        storageDiagnostics: { batchId: expect.any(String) },
      },
    },
  ]);
});

describe("wrong subscriptions are told", () => {
  test("for a function that does not exist", async () => {
    await notify({ webhook: `${host.url}/runtime/webhooks/blobs?functionName=noticed` });
    expect(host.violations).toContainEqual(expect.objectContaining({ code: "unknown-webhook-function" }));
  });

  test("for a container that is not the function's", async () => {
    await notify({ container: "other" });
    await put(other, "a/b.txt", "wrong container");
    await settle();
    expect(recorded("noticed")).toEqual(["wrong container"]);
    expect(host.violations).toContainEqual(
      expect.objectContaining({ code: "event-outside-path", functionName: "noticed" }),
    );
  });

  test("for an address that is no webhook", async () => {
    await expect(notify({ webhook: `${host.url}/api/items` })).rejects.toThrow(
      /did not pass the validation handshake \(HTTP 404\)/,
    );
  });
});
