import { describe, expect, it } from "vitest";
import { queueServiceClient } from "../../../simulation/storage/queue-clients.ts";
import { MemoryStorage } from "../../../simulation/storage/storage.ts";
import { type DocumentMessage, readDocuments } from "../../../src/lib/storage/document-message.ts";
import { MessageQueue } from "../../../src/lib/storage/message-queue.ts";
import { type WorkMessage, WorkQueue } from "../../../src/lib/storage/work-queue.ts";
import { Fuse } from "../../helpers/fuse.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

const MINUTE = 60_000;

function makeQueue(fuse?: Fuse) {
  const time = { now: Date.parse("2026-01-01T00:00:00Z") };
  const storage = new MemoryStorage(() => time.now);
  const queues = queueServiceClient(storage, async (_, apply) =>
    fuse === undefined ? apply() : fuse.run(async () => apply()),
  );
  const express = new MessageQueue(queues.getQueueClient("lbx-tickets"));
  const backlog = new MessageQueue(queues.getQueueClient("lb-tickets"));
  const again = () => new WorkQueue({ express, backlog }, 25, { now: () => time.now, pause: async () => {} });
  const lengths = async () => [(await express.peek()).total, (await backlog.peek()).total];
  return { time, queue: again(), again, express, backlog, lengths };
}

function message(name: string, changes: Partial<DocumentMessage> = {}): DocumentMessage {
  return { name, reason: "event", queuedAt: "2026-01-01T00:00:00.000Z", passes: 0, tries: 0, ...changes };
}

async function add(queue: WorkQueue, count: number, changes: Partial<DocumentMessage> = {}): Promise<void> {
  for (let n = 0; n < count; n++) await queue.add(message(`${n}.txt`, changes));
}

/** How many of the documents come from the express queue, and how many from the other. */
function sides(messages: readonly WorkMessage[]): [number, number] {
  const documents = messages.flatMap((one) => one.documents);
  const express = documents.filter((document) => document.express === true).length;
  return [express, documents.length - express];
}

async function take(queue: WorkQueue, count: number): Promise<[number, number]> {
  return sides(await queue.receive(count, await queue.peek(), 60));
}

describe("what comes in", () => {
  it("goes to the express queue as far as it comes at a trickle: 25 documents at once, and 25 a minute", async () => {
    const { queue, time, lengths } = makeQueue();
    await add(queue, 1_000);
    expect(await lengths()).toEqual([25, 975]);
    time.now += MINUTE / 25;
    await add(queue, 3);
    expect(await lengths()).toEqual([26, 977]);
    time.now += 60 * MINUTE;
    await add(queue, 30);
    expect(await lengths()).toEqual([51, 982]);
  });

  it("has no more room because a clock went back", async () => {
    const { queue, time, lengths } = makeQueue();
    await add(queue, 25);
    time.now -= 60 * MINUTE;
    await add(queue, 5);
    expect(await lengths()).toEqual([25, 5]);
  });

  it("is no backlog to those who come another way: a backfill of everything leaves drops their room", async () => {
    const { queue, lengths } = makeQueue();
    await add(queue, 500, { reason: "backfill" });
    await add(queue, 500, { part: { run: "r", number: 1 } });
    await add(queue, 20);
    expect(await lengths()).toEqual([70, 950]);
  });

  it("is bounded by the number of processes, and a process that ends leaves nothing behind", async () => {
    const { queue, again, lengths } = makeQueue();
    for (const process of [queue, again(), again()]) await add(process, 100);
    expect(await lengths()).toEqual([75, 225]);
  });

  it("comes back where it was: after a while, changed, or as a new message", async () => {
    const { queue, time, lengths } = makeQueue();
    await add(queue, 30);
    const held = await queue.receive(60, await queue.peek(), 60);
    expect(sides(held)).toEqual([25, 5]);
    for (const [n, one] of held.entries()) {
      if (n % 2 === 0)
        await queue.leave(
          one,
          one.documents.map((document) => ({ ...document, passes: 1 })),
          1,
        );
      else {
        await queue.leave(one, [], 0);
        await queue.send(one.documents, 1);
      }
    }
    expect(await queue.peek()).toMatchObject({ visible: 0, total: 30 });
    time.now += 2_000;
    expect(await lengths()).toEqual([25, 5]);
    expect(await take(queue, 60)).toEqual([25, 5]);
  });
});

describe("a batch", () => {
  it("is at most half of the express queue while others wait, and all of what is there otherwise", async () => {
    const { queue } = makeQueue();
    for (let n = 0; n < 150; n++) await queue.send([message(`${n}`, { express: true })]);
    for (let n = 0; n < 120; n++) await queue.send([message(`b${n}`)]);
    expect(await take(queue, 100)).toEqual([50, 50]);
    expect(await take(queue, 25)).toEqual([13, 12]);
    expect(await take(queue, 25)).toEqual([12, 13]);
    expect(await take(queue, 50)).toEqual([25, 25]);
    // 20 of the one and 50 of the other are left.
    expect(await take(queue, 30)).toEqual([15, 15]);
    expect(await take(queue, 100)).toEqual([35, 5]);
  });

  it("of a single document serves both in turns", async () => {
    const { queue } = makeQueue();
    for (let n = 0; n < 4; n++) await queue.send([message(`${n}`, { express: true })]);
    for (let n = 0; n < 4; n++) await queue.send([message(`b${n}`)]);
    const taken: [number, number][] = [];
    for (let n = 0; n < 4; n++) taken.push(await take(queue, 1));
    expect(taken).toEqual([
      [1, 0],
      [0, 1],
      [1, 0],
      [0, 1],
    ]);
  });

  it("is filled from the express queue when others were faster at the backlog", async () => {
    const { queue, backlog } = makeQueue();
    for (let n = 0; n < 30; n++) await queue.send([message(`${n}`, { express: true })]);
    for (let n = 0; n < 30; n++) await queue.send([message(`b${n}`)]);
    const seen = await queue.peek();
    await backlog.receive(25, 60);
    expect(sides(await queue.receive(30, seen, 60))).toEqual([25, 5]);
  });

  it("costs a look at the length of each queue, one at the head of one that has messages, and no receipt that brings nothing", async () => {
    const fuse = new Fuse();
    const { queue } = makeQueue(fuse);
    const cost = async (work: () => Promise<unknown>): Promise<number> => {
      fuse.set(Number.POSITIVE_INFINITY, false);
      await work();
      return fuse.effects;
    };
    await queue.createIfMissing();
    expect(await cost(() => queue.peek())).toBe(2);
    await add(queue, 100);
    expect(await cost(() => queue.peek())).toBe(4);
    const seen = await queue.peek();
    expect(await cost(() => queue.receive(100, seen, 60))).toBe(4);
  });
});

describe("a lane", () => {
  const small = (name: string) => name.startsWith("small/");

  async function withBacklog(documents: number): Promise<LaneFixture> {
    const fixture = await LaneFixture.create({ maxWaitSeconds: 5 });
    const { input } = fixture.containers;
    for (let n = 0; n < documents; n++) {
      await input.getBlockBlobClient(`backlog/${n}.txt`).uploadData(Buffer.from("text"));
      await fixture.queue.send([message(`backlog/${n}.txt`)]);
    }
    return fixture;
  }

  it("takes a small drop in the first job of its next batch, which is as full as ever", async () => {
    const fixture = await withBacklog(150);
    for (let n = 0; n < 10; n++) await fixture.drop(`small/${n}.txt`, "text");
    await fixture.run((next) => next.action === "submit");
    const names = (await fixture.file()).batch?.documents.map(({ info }) => info.name) ?? [];
    expect(names).toHaveLength(100);
    expect(names.slice(0, 10).every(small)).toBe(true);
  });

  it("lets neither the backlog wait for what keeps coming, nor that for the backlog", async () => {
    const fixture = await withBacklog(150);
    for (let n = 0; n < 150; n++) {
      await fixture.containers.input.getBlockBlobClient(`small/${n}.txt`).uploadData(Buffer.from("text"));
      await fixture.queue.send([message(`small/${n}.txt`, { express: true })]);
    }
    await fixture.finish();
    const ended = fixture.events.flatMap((one) => (one.event === "document.succeeded" ? [one.document] : []));
    expect(ended).toHaveLength(300);
    for (const batch of [0, 1, 2]) expect(ended.slice(batch * 100, batch * 100 + 100).filter(small)).toHaveLength(50);
  });

  it("gives back where it was what does not fit into a batch", async () => {
    const fixture = await withBacklog(2);
    fixture.limits = { ...fixture.limits, jobsPerBatch: 1 };
    const long = "word ".repeat(100_000);
    for (let n = 0; n < 4; n++) await fixture.drop(`small/${n}.txt`, long);
    fixture.skippedMs += 10_000;
    await fixture.run((next) => next.action === "submit");
    const [express, backlog] = [await fixture.express.peek(), await fixture.backlog.peek()];
    expect(express.total).toBeGreaterThan(0);
    const waiting = [...express.head, ...backlog.head].flatMap((text) => readDocuments(text).documents);
    for (const one of waiting) expect(one.express === true).toBe(small(one.name));
    await fixture.finish();
    expect(await fixture.results()).toHaveLength(6);
  });
});
