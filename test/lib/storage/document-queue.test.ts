import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { queueServiceClient } from "../../../simulation/storage/queue-clients.ts";
import { MemoryStorage } from "../../../simulation/storage/storage.ts";
import type { DocumentMessage } from "../../../src/lib/storage/document-message.ts";
import { type DocumentPeek, DocumentQueue, type HeldMessage } from "../../../src/lib/storage/document-queue.ts";
import { MessageQueue } from "../../../src/lib/storage/message-queue.ts";

const ALL: DocumentPeek = { head: [], sizes: [], messages: 1_000, visible: 1_000, total: 1_000 };

function makeQueue({ together = 25 }: { together?: number } = {}) {
  const time = { now: Date.parse("2026-01-01T00:00:00Z") };
  const storage = new MemoryStorage(() => time.now);
  const calls = { sent: 0, fails: [] as number[] };
  /** The operations wait here until they are let through. */
  const gates: (() => void)[] = [];
  let isHeld = false;
  const client = queueServiceClient(storage, async (effect, apply) => {
    if (effect.kind === "send" && calls.fails.includes(++calls.sent)) throw new Error("storage is away");
    if (isHeld) await new Promise<void>((open) => gates.push(open));
    return apply();
  });
  const messages = new MessageQueue(client.getQueueClient("lb-tickets"));
  const paused: number[] = [];
  const queue = new DocumentQueue(messages, together, async (milliseconds) => {
    paused.push(milliseconds);
    for (let turns = 0; turns < milliseconds; turns += 10) await new Promise((resolve) => setImmediate(resolve));
  });
  return {
    queue,
    messages,
    calls,
    time,
    held: () => gates.length,
    hold: () => {
      isHeld = true;
    },
    paused,
    release: (who?: "from now on") => {
      isHeld = false;
      if (who === undefined) for (const open of gates.splice(0)) open();
    },
  };
}

function document(name: string, changes: Partial<DocumentMessage> = {}): DocumentMessage {
  return { name, reason: "event", queuedAt: "2026-01-01T00:00:00.000Z", passes: 0, tries: 0, ...changes };
}

function many(count: number): DocumentMessage[] {
  return Array.from({ length: count }, (_, n) => document(`${n}.txt`));
}

function names(held: readonly HeldMessage[]): string[] {
  return held.flatMap(({ documents }) => documents.map(({ name }) => name));
}

describe("documents that are queued", () => {
  it("share a message when they come while another is being sent", async () => {
    const { queue } = makeQueue();
    await queue.createIfMissing();
    await Promise.all(many(60).map((one) => queue.add(one)));
    const held = await queue.receive(60, ALL, 60);
    expect(held.map(({ documents }) => documents.length)).toEqual([1, 25, 25, 9]);
    expect(names(held)).toEqual(many(60).map(({ name }) => name));
  });

  it("wait for nobody when they come alone", async () => {
    const { queue, messages } = makeQueue();
    await queue.add(document("a.txt"));
    expect((await messages.peek()).head).toEqual([JSON.stringify(document("a.txt"))]);
  });

  it("are told of as queued only once their own message is stored", async () => {
    const { queue, hold, release } = makeQueue();
    await queue.createIfMissing();
    hold();
    const told: string[] = [];
    const all = many(3).map(async (one) => {
      await queue.add(one);
      told.push(one.name);
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(told).toEqual([]);
    release();
    await Promise.all(all);
    expect(told).toHaveLength(3);
  });

  it("fail together with those that share their message, and with no other", async () => {
    const { queue, calls } = makeQueue({ together: 10 });
    await queue.createIfMissing();
    calls.fails = [2];
    const outcomes = await Promise.allSettled(many(30).map((one) => queue.add(one)));
    expect(outcomes.flatMap(({ status }, n) => (status === "rejected" ? [n] : []))).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ]);
    expect(names(await queue.receive(100, ALL, 60))).toHaveLength(20);
  });

  it("are not slowed down when they come one after the other", async () => {
    const { queue, paused } = makeQueue();
    for (const one of many(10)) await queue.add(one);
    expect(paused.filter((milliseconds) => milliseconds < 1_000)).toEqual([]);
  });

  it("do not wait for a message that storage does not take for now", async () => {
    const { queue, hold, release } = makeQueue();
    await queue.createIfMissing();
    hold();
    const slow = queue.add(document("slow.txt"));
    await new Promise((resolve) => setTimeout(resolve, 5));
    release("from now on");
    await queue.add(document("quick.txt"));
    expect((await queue.peek()).head.map(({ name }) => name)).toEqual(["quick.txt"]);
    release();
    await slow;
  });

  it("have a message each where a job takes one, and do not wait for one another", async () => {
    const { queue, held, hold, release } = makeQueue({ together: 1 });
    await queue.createIfMissing();
    hold();
    const all = Promise.all(many(5).map((one) => queue.add(one)));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(held()).toBe(5);
    release();
    await all;
    expect(await queue.peek()).toMatchObject({ messages: 5, total: 5 });
  });

  it("fit into a message, however long and odd their names are", async () => {
    const { queue, messages } = makeQueue();
    await queue.createIfMissing();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: "binary", minLength: 1, maxLength: 1_024 }), { minLength: 1, maxLength: 40 }),
        async (odd) => {
          const documents = odd.map((name) => document(`${name}\u0001`.repeat(3).slice(0, 1_024)));
          await queue.send(documents);
          for (const { text } of await messages.receive(100, 60)) {
            expect(Buffer.from(text).toString("base64").length).toBeLessThan(64 * 1_024);
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe("a look at the queue", () => {
  it("counts documents, not messages", async () => {
    const { queue } = makeQueue();
    await queue.createIfMissing();
    await queue.send(many(60));
    expect(await queue.peek()).toMatchObject({ messages: 3, visible: 60, total: 60, head: many(60) });
  });

  it("takes the messages that it cannot see for those that it sees", async () => {
    const { queue, messages } = makeQueue({ together: 5 });
    await queue.send(many(500));
    expect(await queue.peek()).toMatchObject({ messages: 100, visible: 500, total: 500 });
    await messages.receive(100, 60);
    // What is hidden may hold one document or many.
    expect(await queue.peek()).toMatchObject({ messages: 0, visible: 0, total: 100 });
  });

  it("counts what is no document of ours, so that somebody comes and removes it", async () => {
    const { queue, messages } = makeQueue();
    await messages.createIfMissing();
    await messages.send("hello");
    expect(await queue.peek()).toMatchObject({ head: [], visible: 1, total: 1 });
  });
});

describe("receiving", () => {
  it("brings as many documents as are asked for, or more of its last message", async () => {
    const { queue } = makeQueue({ together: 8 });
    await queue.send(many(80));
    const held = await queue.receive(20, await queue.peek(), 60);
    expect(held.map(({ documents }) => documents.length)).toEqual([8, 8, 8]);
  });

  it("asks again when messages have less in them than those that were seen", async () => {
    const { queue } = makeQueue();
    await queue.send(many(50));
    const seen = await queue.peek();
    await queue.receive(50, seen, 60);
    for (const one of many(30)) await queue.send([one]);
    expect(names(await queue.receive(30, { ...seen, messages: 30 }, 60))).toHaveLength(30);
  });

  it("takes no more than some messages too many when those behind the head have more in them", async () => {
    const { queue } = makeQueue();
    await queue.createIfMissing();
    for (const one of many(32)) await queue.send([one]);
    await queue.send(many(15_000));
    const held = await queue.receive(600, await queue.peek(), 60);
    expect(names(held).length).toBeGreaterThanOrEqual(600);
    expect(held.length).toBeLessThanOrEqual(64);
  });

  it("takes a message with more documents than any of ours for a foreign one", async () => {
    const { queue, messages } = makeQueue();
    await messages.createIfMissing();
    await messages.send(JSON.stringify(many(101)));
    expect(await queue.receive(10, ALL, 60)).toMatchObject([{ documents: [], isForeign: true }]);
  });

  it("leaves in a message what is kept, and removes the rest for good", async () => {
    const { queue, time } = makeQueue();
    await queue.send(many(3));
    const [held] = await queue.receive(3, ALL, 60);
    if (held === undefined) throw new Error("Nothing was received");
    await queue.leave(held, [document("1.txt", { passes: 1 })], 5);
    expect(names(await queue.receive(3, ALL, 60))).toEqual([]);
    time.now += 5_000;
    const [again] = await queue.receive(3, ALL, 60);
    expect(again?.documents).toEqual([document("1.txt", { passes: 1 })]);
    if (again !== undefined) await queue.leave(again, [], 0);
    expect((await queue.peek()).total).toBe(0);
  });

  it("leaves a message to its new holder when its own time was over", async () => {
    const { queue, time } = makeQueue();
    await queue.send(many(3));
    const [late] = await queue.receive(3, ALL, 60);
    time.now += 61_000;
    const [holder] = await queue.receive(3, ALL, 60);
    if (late === undefined || holder === undefined) throw new Error("Nothing was received");
    await queue.leave(late, [document("0.txt")], 0);
    await queue.leave(late, [], 0);
    await queue.leave(holder, [document("2.txt")], 0);
    expect(names(await queue.receive(3, ALL, 60))).toEqual(["2.txt"]);
  });

  it("says of a message that something in it is not ours, and brings what is", async () => {
    const { queue, messages } = makeQueue();
    await messages.createIfMissing();
    await messages.send(JSON.stringify([document("a.txt"), { name: "../b.txt" }, 5]));
    await messages.send(JSON.stringify([]));
    const held = await queue.receive(10, ALL, 60);
    expect(held.map(({ documents, isForeign }) => [documents.length, isForeign])).toEqual([
      [1, true],
      [0, true],
    ]);
  });

  it("loses no document and makes none twice, whatever is sent, received, kept and given up", async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("add" as const), count: fc.integer({ min: 1, max: 40 }) }),
      fc.record({ kind: fc.constant("send" as const), count: fc.integer({ min: 1, max: 40 }) }),
      fc.record({ kind: fc.constant("take" as const), most: fc.integer({ min: 1, max: 60 }), keep: fc.nat(7) }),
      fc.record({ kind: fc.constant("die" as const), most: fc.integer({ min: 1, max: 60 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), fc.integer({ min: 1, max: 25 }), async (steps, together) => {
        const { queue, time } = makeQueue({ together });
        await queue.createIfMissing();
        const taken: string[] = [];
        let made = 0;
        const make = (count: number) => Array.from({ length: count }, () => document(`${made++}.txt`));
        const takeSome = async (most: number, keep: number) => {
          for (const message of await queue.receive(most, await queue.peek(), 60)) {
            const kept = message.documents.filter((_, n) => n % 8 < keep);
            await queue.leave(message, kept, 0);
            taken.push(...names([message]).filter((name) => !kept.some((one) => one.name === name)));
          }
        };
        for (const one of steps) {
          if (one.kind === "add") await Promise.all(make(one.count).map((each) => queue.add(each)));
          if (one.kind === "send") await queue.send(make(one.count));
          if (one.kind === "take") await takeSome(one.most, one.keep);
          if (one.kind === "die") await queue.receive(one.most, await queue.peek(), 60);
        }
        time.now += 61_000;
        for (let left = (await queue.peek()).total; left > 0; left = (await queue.peek()).total)
          await takeSome(left, 0);
        expect(taken.toSorted()).toEqual(Array.from({ length: made }, (_, n) => `${n}.txt`).toSorted());
      }),
      { numRuns: 60 },
    );
  });
});
