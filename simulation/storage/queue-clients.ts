import type { QueueServiceClient } from "@azure/storage-queue";
import { complete, restError } from "./blob-clients.ts";
import { StorageRefusal } from "./blob-store.ts";
import type { QueueStore } from "./queue-store.ts";
import type { Gate, MemoryStorage, StorageOperation } from "./storage.ts";

/** A queue service client on storage in memory, as far as the app uses one. */
export function queueServiceClient(storage: MemoryStorage, gate: Gate): QueueServiceClient {
  return complete<QueueServiceClient>("QueueServiceClient", {
    getQueueClient: (name: string) => queueClient(storage, name, gate),
    async *listQueues({ prefix = "" }: { prefix?: string } = {}) {
      const names = await gate({ kind: "list", place: "queues", name: prefix }, () =>
        [...storage.queues.keys()].filter((name) => name.startsWith(prefix)).sort(),
      );
      for (const name of names) yield { name };
    },
  });
}

function queueClient(storage: MemoryStorage, name: string, gate: Gate) {
  const ask = <T>(kind: StorageOperation["kind"], apply: (queue: QueueStore) => T): Promise<T> =>
    gate({ kind, place: name, name: "" }, () => {
      const queue = storage.queues.get(name);
      try {
        if (queue === undefined) throw new StorageRefusal(404, "QueueNotFound");
        return apply(queue);
      } catch (error) {
        throw restError(error);
      }
    });
  return complete<object>("QueueClient", {
    name,
    createIfNotExists: () => gate({ kind: "container", place: name, name: "" }, () => void storage.createQueue(name)),
    sendMessage: (text: string, { visibilityTimeout = 0 }: { visibilityTimeout?: number } = {}) =>
      ask("send", (queue) => ({ messageId: queue.send(text, visibilityTimeout).id })),
    peekMessages: ({ numberOfMessages = 1 }: { numberOfMessages?: number } = {}) =>
      ask("peek", (queue) => ({
        peekedMessageItems: queue.peek(numberOfMessages).map(({ id, text }) => ({ messageId: id, messageText: text })),
      })),
    getProperties: () => ask("peek", (queue) => ({ approximateMessagesCount: queue.messages.length })),
    receiveMessages: ({ numberOfMessages = 1, visibilityTimeout = 30 } = {}) =>
      ask("receive", (queue) => ({
        receivedMessageItems: queue
          .receive(numberOfMessages, visibilityTimeout)
          .map(({ id, text, receipt }) => ({ messageId: id, messageText: text, popReceipt: receipt })),
      })),
    updateMessage: (id: string, receipt: string, text: string, hiddenSeconds: number) =>
      ask("update", (queue) => ({ popReceipt: queue.update(id, receipt, { text, hiddenSeconds }).receipt })),
    deleteMessage: (id: string, receipt: string) => ask("update", (queue) => queue.delete(id, receipt)),
  });
}
