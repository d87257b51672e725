import { randomUUID } from "node:crypto";
import type { QueueClient } from "@azure/storage-queue";
import { afterEach, beforeEach, expect, test } from "vitest";
import { QueueListener, type QueueListenerOptions } from "../../src/queues/queue-listener.ts";
import { encode, freshAccount, storageOf } from "../tiny-app.ts";

const connectionString = freshAccount();
let queue: QueueClient;
let listener: QueueListener;
beforeEach(async () => {
  queue = await storageOf(connectionString).queue(`queue-${randomUUID()}`);
});
afterEach(() => listener.stop());

function listen(handle: QueueListenerOptions["handle"], options: Partial<QueueListenerOptions> = {}): void {
  listener = new QueueListener({
    queue,
    settings: {
      batchSize: 2,
      newBatchThreshold: 1,
      maxPollingInterval: 1000,
      visibilityTimeout: 0,
      maxDequeueCount: 5,
      messageEncoding: "base64",
    },
    handle,
    poisonQueue: undefined,
    lockSeconds: 1,
    longestWait: 50,
    onUndecodable: () => {},
    log: () => {},
    ...options,
  });
  listener.start();
}

test("no more run at a time than a batch on top of the threshold", async () => {
  let running = 0;
  let most = 0;
  for (let count = 0; count < 8; count++) await queue.sendMessage(encode(count));
  listen(async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 20));
    running--;
  });
  await listener.drain();
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(3);
});

test("a message stays locked for as long as its function runs", async () => {
  let runs = 0;
  await queue.sendMessage(encode("slow"));
  listen(async () => {
    runs++;
    await new Promise((resolve) => setTimeout(resolve, 1600));
  });
  await listener.drain();
  expect(runs).toBe(1);
  expect((await queue.getProperties()).approximateMessagesCount).toBe(0);
});

test("a message of a host that died comes back when its lock ends", async () => {
  await queue.sendMessage(encode("orphan"));
  await queue.receiveMessages({ visibilityTimeout: 1 });
  const counts: number[] = [];
  listen(async ({ dequeueCount }) => void counts.push(dequeueCount));
  await expect.poll(() => counts, { timeout: 5000 }).toEqual([2]);
});

test("a message without a poison queue stays locked after a failure and is not tried without end", async () => {
  let runs = 0;
  await queue.sendMessage(encode("poison"));
  listen(
    () => {
      runs++;
      return Promise.reject(new Error("no"));
    },
    { lockSeconds: 60 },
  );
  await listener.drain();
  expect(runs).toBe(1);
});

test("stopping waits for what is under way", async () => {
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  await queue.sendMessage(encode("last"));
  listen(async () => {
    begun.resolve();
    await gate.promise;
  });
  await begun.promise;
  const stopped = listener.stop();
  gate.resolve();
  await stopped;
  expect((await queue.getProperties()).approximateMessagesCount).toBe(0);
});
