import type { QueueClient } from "@azure/storage-queue";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Host } from "../../src/host.ts";
import { poisonQueueName } from "../../src/queues/queue-trigger.ts";
import { encode, freshAccount, peek, recorded, startTiny, storageOf, tinyCalls } from "../tiny-app.ts";

const connectionString = freshAccount();
let host: Host;
let queue: QueueClient;
beforeEach(async () => {
  queue = await storageOf(connectionString).queue("work");
  await queue.clearMessages();
  host = await startTiny(connectionString);
});
afterEach(() => host.stop());

const other = (name: string): Promise<QueueClient> => storageOf(connectionString).queue(name);

test("a message runs the function, with JSON parsed and the metadata of the queue, and is gone afterwards", async () => {
  const { messageId } = await queue.sendMessage(encode({ kind: "a" }));
  await host.idle();
  expect(tinyCalls()).toContainEqual({
    worked: { kind: "a" },
    dequeueCount: 1,
    id: messageId,
    insertionTime: expect.stringMatching(/^\d{4}-.*\+00:00$/),
  });
  expect((await queue.getProperties()).approximateMessagesCount).toBe(0);
});

test("what the handler returns goes to a queue whose name comes from the message; nothing goes nowhere", async () => {
  await queue.sendMessage(encode({ kind: "letters" }));
  await queue.sendMessage(encode({ kind: "silent" }));
  await host.idle();
  expect(await peek(await other("done-letters"))).toEqual(['{"ok":"letters"}']);
  expect(await peek(await other("done-silent"))).toEqual([]);
});

test("a message that keeps failing goes to the poison queue after as many attempts as host.json says", async () => {
  await queue.sendMessage(encode({ fail: true }));
  await host.idle();
  expect(recorded("dequeueCount").slice(-3)).toEqual([1, 2, 3]);
  expect(await peek(await other("work-poison"))).toEqual(['{"fail":true}']);
  expect((await queue.getProperties()).approximateMessagesCount).toBe(0);
});

test("a message that is not base64 goes to the poison queue unseen, and this is told", async () => {
  await queue.sendMessage("just text");
  await host.idle();
  expect(recorded("worked")).toEqual([]);
  const { peekedMessageItems } = await (await other("work-poison")).peekMessages({ numberOfMessages: 32 });
  expect(peekedMessageItems.map(({ messageText }) => messageText)).toContain("just text");
  expect(host.violations).toContainEqual(expect.objectContaining({ code: "message-encoding", functionName: "worker" }));
});

test("more messages than a batch are all handled, each once", async () => {
  const kinds = Array.from({ length: 30 }, (_, index) => `k${index}`);
  await Promise.all(kinds.map((kind) => queue.sendMessage(encode({ kind }))));
  await host.idle();
  expect((recorded("worked") as { kind: string }[]).map(({ kind }) => kind).sort()).toEqual(kinds.sort());
});

test("new messages are found without being asked", async () => {
  await queue.sendMessage(encode({ kind: "soon" }));
  await expect.poll(() => recorded("worked")).toEqual([{ kind: "soon" }]);
});

test.each([
  ["work", "work-poison"],
  ["work-poison", undefined],
  ["a".repeat(57), undefined],
])("the poison queue of %s is %s", (name, expected) => {
  expect(poisonQueueName(name)).toBe(expected);
});
