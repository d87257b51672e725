import { BlobServiceClient, type ContainerClient, RestError } from "@azure/storage-blob";
import { type QueueClient, QueueServiceClient } from "@azure/storage-queue";
import fc from "fast-check";
import { describe, expect, inject, it } from "vitest";
import { blobServiceClient } from "../../simulation/storage/blob-clients.ts";
import { queueServiceClient } from "../../simulation/storage/queue-clients.ts";
import { type Gate, MemoryStorage } from "../../simulation/storage/storage.ts";
import { azurite, laneStorage } from "../helpers/lane-storage.ts";

// What the simulation's storage answers is what a storage account answers, operation by operation. Time stands still here:
// how leases and messages come back is told by their own tests.

const atOnce: Gate = async (_operation, apply) => apply();
let made = 0;

/** The same clients on both: on memory, and on the emulator of the storage service. */
async function bothContainers(): Promise<[ContainerClient, ContainerClient]> {
  const name = `simulation-${process.pid}-${++made}`;
  const memory = new MemoryStorage(() => Date.now());
  const clients = [blobServiceClient(memory, atOnce), BlobServiceClient.fromConnectionString(inject("storage"))];
  const containers = clients.map((client) => client.getContainerClient(name));
  await Promise.all(containers.map((container) => container.createIfNotExists()));
  return containers as [ContainerClient, ContainerClient];
}

async function bothQueues(): Promise<[QueueClient, QueueClient]> {
  const name = `simulation-${process.pid}-${++made}`;
  const memory = new MemoryStorage(() => Date.now());
  const clients = [queueServiceClient(memory, atOnce), QueueServiceClient.fromConnectionString(inject("storage"))];
  const queues = clients.map((client) => client.getQueueClient(name));
  await Promise.all(queues.map((queue) => queue.createIfNotExists()));
  return queues as [QueueClient, QueueClient];
}

/** What became of an operation, in words that do not depend on who was asked. */
async function outcomeOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RestError)) throw error;
    // A refusal of a HEAD request or a 304 has no body to tell its code in.
    const { statusCode, code } = error;
    return { statusCode, ...(statusCode === 304 || statusCode === 404 ? {} : { code }) };
  }
}

/** One who works on a container, and what it has learned: the ETags of its writes, and its leases. */
class Worker {
  readonly #container: ContainerClient;
  readonly #etags: string[] = [];
  readonly #leases = new Map<string, ReturnType<ReturnType<ContainerClient["getBlobClient"]>["getBlobLeaseClient"]>>();

  constructor(container: ContainerClient) {
    this.#container = container;
  }

  async do({ kind, name, which, holder, text }: Operation): Promise<unknown> {
    const blob = this.#container.getBlockBlobClient(name);
    const etag = this.#etags[which % Math.max(1, this.#etags.length)] ?? '"0x0"';
    const key = `${name} ${holder}`;
    const lease = this.#leases.get(key) ?? blob.getBlobLeaseClient(`00000000-0000-4000-8000-00000000000${holder}`);
    this.#leases.set(key, lease);
    const upload = async (conditions: object): Promise<unknown> => {
      const options = { conditions, metadata: { about: text }, blobHTTPHeaders: { blobContentType: "text/plain" } };
      const answer = await blob.upload(text, Buffer.byteLength(text), options);
      this.#etags.push(answer.etag ?? "");
      return "written";
    };
    const read = async (conditions: object): Promise<unknown> => {
      const answer = await blob.download(0, undefined, { conditions });
      const parts: Buffer[] = [];
      for await (const part of answer.readableStreamBody ?? []) parts.push(Buffer.from(part));
      const isLast = answer.etag === this.#etags.at(-1);
      return [Buffer.concat(parts).toString(), answer.metadata, answer.contentType, answer.contentLength, isLast];
    };
    switch (kind) {
      case "write":
        return await upload({});
      case "create":
        return await upload({ ifNoneMatch: "*" });
      case "replace":
        return await upload({ ifMatch: etag });
      case "read":
        return await read({});
      case "readChanged":
        return await read({ ifNoneMatch: etag });
      case "facts": {
        const { metadata, contentLength, contentType } = await blob.getProperties();
        return [metadata, contentLength, contentType];
      }
      case "delete":
        await blob.delete();
        return "deleted";
      case "deleteVersion":
        await blob.delete({ conditions: { ifMatch: etag } });
        return "deleted";
      case "acquire":
        await lease.acquireLease(60);
        return "leased";
      case "renew":
        await lease.renewLease();
        return "renewed";
      case "release":
        await lease.releaseLease();
        return "released";
      case "break":
        await lease.breakLease(0);
        return "broken";
      case "list": {
        const names: string[] = [];
        for await (const item of this.#container.listBlobsFlat({ prefix: name.slice(0, 1) })) names.push(item.name);
        return names;
      }
      case "pages": {
        const sizes: [number, boolean][] = [];
        const pages = this.#container.listBlobsFlat().byPage({ maxPageSize: 1 });
        for await (const page of pages) sizes.push([page.segment.blobItems.length, Boolean(page.continuationToken)]);
        return sizes;
      }
      case "folders": {
        const found: string[] = [];
        for await (const item of this.#container.listBlobsByHierarchy("/")) found.push(`${item.kind} ${item.name}`);
        return found.sort();
      }
    }
  }
}

const KINDS = [
  "write",
  "create",
  "replace",
  "read",
  "readChanged",
  "facts",
  "delete",
  "deleteVersion",
  "acquire",
  "renew",
  "release",
  "break",
  "list",
  "pages",
  "folders",
] as const;

interface Operation {
  kind: (typeof KINDS)[number];
  name: string;
  which: number;
  holder: number;
  text: string;
}

const operation = fc.record({
  kind: fc.constantFrom(...KINDS),
  name: fc.constantFrom("a/one.json", "a/two.json", "b.json"),
  which: fc.nat(7),
  holder: fc.constantFrom(1, 2),
  text: fc.constantFrom("first", "second", "third"),
});

describe("the storage of the simulation", () => {
  it("answers whatever is done with blobs as the storage service does", { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 4, maxLength: 14 }), async (operations) => {
        const [memory, service] = (await bothContainers()).map((container) => new Worker(container)) as [
          Worker,
          Worker,
        ];
        for (const [index, one] of operations.entries()) {
          const [ours, theirs] = [await outcomeOf(() => memory.do(one)), await outcomeOf(() => service.do(one))];
          expect([index, one.kind, ours]).toEqual([index, one.kind, theirs]);
        }
      }),
      { numRuns: 30 },
    );
  });

  const message = fc.record({
    kind: fc.constantFrom("send", "sendHidden", "receive", "update", "updateHidden", "delete", "peek", "count"),
    which: fc.nat(7),
    stale: fc.boolean(),
  });

  it("answers whatever is done with messages as the storage service does", { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 4, maxLength: 14 }), async (operations) => {
        const workers = (await bothQueues()).map((queue) => new QueueWorker(queue)) as [QueueWorker, QueueWorker];
        for (const [index, one] of operations.entries()) {
          const [ours, theirs] = [await outcomeOf(() => workers[0].do(one)), await outcomeOf(() => workers[1].do(one))];
          expect([index, one.kind, ours]).toEqual([index, one.kind, theirs]);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("ends leases and hides messages for as long as it is told", () => {
    let now = Date.UTC(2026, 0, 1);
    const memory = new MemoryStorage(() => now);
    const container = memory.createContainer("work");
    container.put("a", Buffer.from("a"));
    container.acquireLease("a", "one", 15);
    expect(() => container.acquireLease("a", "two", 15)).toThrow("LeaseAlreadyPresent");
    expect(() => container.put("a", Buffer.from("b"))).toThrow("LeaseIdMissing");
    now += 15_001;
    container.acquireLease("a", "two", 15);
    const queue = memory.createQueue("lb-tickets");
    queue.send("m", 0);
    const [taken] = queue.receive(1, 60);
    expect(queue.peek(1)).toEqual([]);
    now += 60_001;
    const [again] = queue.receive(1, 60);
    expect(again?.received).toBe(2);
    expect(() => queue.delete(taken?.id ?? "", taken?.receipt ?? "")).toThrow("PopReceiptMismatch");
    queue.delete(again?.id ?? "", again?.receipt ?? "");
    expect(queue.messages).toEqual([]);
  });
});

describe("the storage of tests", () => {
  it.each(["rl", "w", "rwd"])(
    "lets who holds the rights %s do what the storage service lets them do",
    async (rights) => {
      const of = async (storage: ReturnType<typeof azurite>): Promise<unknown[]> => {
        const all = storage.blobs.getContainerClient(`rights-${process.pid}-${++made}`);
        await all.createIfNotExists();
        const worker = new Worker(await storage.withRights(all, rights));
        await all.getBlockBlobClient("b.json").upload("kept", 4);
        const done: unknown[] = [];
        for (const kind of ["write", "create", "replace", "read", "list", "pages", "folders", "delete"] as const)
          done.push(await outcomeOf(() => worker.do({ kind, name: "b.json", which: 0, holder: 1, text: "first" })));
        return done;
      };
      expect(await of(laneStorage(Date.now))).toEqual(await of(azurite()));
    },
  );
});

interface Held {
  id: string;
  receipts: string[];
}

class QueueWorker {
  readonly #queue: QueueClient;
  readonly #held: Held[] = [];
  #sent = 0;

  constructor(queue: QueueClient) {
    this.#queue = queue;
  }

  async do({ kind, which, stale }: { kind: string; which: number; stale: boolean }): Promise<unknown> {
    const held = this.#held[which % Math.max(1, this.#held.length)];
    const receipt = (stale ? held?.receipts[0] : held?.receipts.at(-1)) ?? "";
    switch (kind) {
      case "send":
      case "sendHidden":
        await this.#queue.sendMessage(`m${++this.#sent}`, { visibilityTimeout: kind === "send" ? 0 : 600 });
        return "sent";
      case "receive": {
        // All that are visible: in which order they come, the service does not promise.
        const answer = await this.#queue.receiveMessages({ numberOfMessages: 32, visibilityTimeout: 600 });
        const received = answer.receivedMessageItems.toSorted((one, other) =>
          one.messageText < other.messageText ? -1 : 1,
        );
        for (const { messageId, popReceipt } of received) {
          const known = this.#held.find(({ id }) => id === messageId);
          if (known === undefined) this.#held.push({ id: messageId, receipts: [popReceipt] });
          else known.receipts.push(popReceipt);
        }
        return received.map(({ messageText }) => messageText);
      }
      case "update":
      case "updateHidden": {
        if (held === undefined) return "nothing held";
        const hidden = kind === "update" ? 0 : 600;
        const answer = await this.#queue.updateMessage(held.id, receipt, `u${which}`, hidden);
        held.receipts.push(answer.popReceipt ?? "");
        return "updated";
      }
      case "delete":
        if (held === undefined) return "nothing held";
        await this.#queue.deleteMessage(held.id, receipt);
        return "deleted";
      case "peek": {
        const answer = await this.#queue.peekMessages({ numberOfMessages: 32 });
        return answer.peekedMessageItems.map(({ messageText }) => messageText).sort();
      }
      default:
        return (await this.#queue.getProperties()).approximateMessagesCount;
    }
  }
}
