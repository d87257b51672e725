import { beforeEach, describe, expect, it } from "vitest";
import { firstStep } from "../../../src/lib/lane/lane.ts";
import { takeDocuments } from "../../../src/lib/lane/steps/take-documents.ts";
import { DocumentClaims } from "../../../src/lib/lane/store/document-claims.ts";
import { findMissed } from "../../../src/lib/queueing/find-missed.ts";
import { inspectPipeline } from "../../../src/lib/queueing/inspect-pipeline.ts";
import type { DocumentMessage } from "../../../src/lib/storage/document-message.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";
import { linesOf, prepare, settle, table } from "./rows-fixture.ts";
import { stringify } from "./rows-stringify.ts";

let fixture: LaneFixture;
beforeEach(async () => {
  fixture = await LaneFixture.create();
});

function message(name: string): DocumentMessage {
  return { name, reason: "event", queuedAt: new Date(0).toISOString(), passes: 0, tries: 0 };
}

/** Puts documents on the queue in one message. */
async function dropTogether(names: readonly string[]): Promise<void> {
  for (const name of names) await fixture.drop(name, `text of ${name}`, 0);
  await fixture.queue.send(names.map(message));
}

function many(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, n) => `${from + n}.txt`);
}

function waiting(): Promise<string[]> {
  return fixture.queue.peek().then(({ head }) => head.map(({ name }) => name));
}

const timesSent = () => [...fixture.language.timesSent.values()];

describe("a message that documents share", () => {
  it("keeps those that another lane has in hand, and comes back with them", async () => {
    await dropTogether(["a.txt", "b.txt", "c.txt"]);
    const elsewhere = new DocumentClaims(fixture.containers.work, "tickets");
    await elsewhere.claim(3, "other", ["b.txt"]);
    await fixture.run((next) => next.action === "submit");
    expect(await waiting()).toEqual([]);
    await fixture.pass(fixture.limits.claimedElsewhereSeconds * 1_000);
    expect(await waiting()).toEqual(["b.txt"]);
    await elsewhere.release(3, "other");
    await fixture.finish();
    expect(await fixture.results()).toHaveLength(3);
    expect(timesSent()).toEqual([1, 1, 1]);
  });

  it("leaves what a batch has no room for to the next one, and not behind the backlog", async () => {
    fixture.limits = { ...fixture.limits, jobsPerBatch: 1 };
    await dropTogether(many(0, 20));
    await dropTogether(many(20, 40));
    await dropTogether(many(40, 60));
    await fixture.run((next) => next.action === "submit");
    expect((await fixture.file()).batch?.documents).toHaveLength(25);
    expect(await fixture.queue.peek()).toMatchObject({ visible: 35, total: 35, backlog: { messages: 1 } });
    expect(await waiting()).toEqual(many(25, 60));
    await fixture.finish();
    expect(await fixture.results()).toHaveLength(60);
    expect(timesSent()).toEqual(Array(60).fill(1));
    expect((await fixture.queue.peek()).total).toBe(0);
  });

  it("keeps what waits for others to fill a job, and counts how often", async () => {
    fixture = await LaneFixture.create({ maxWaitSeconds: 5 });
    await dropTogether(many(0, 20));
    await dropTogether(many(20, 30));
    const seen = await fixture.queue.peek();
    const fasterOthers = new Proxy(fixture.queue, {
      get(target, key) {
        if (key === "peek") return async () => ({ ...seen, visible: 50, total: 50 });
        return Reflect.get(target, key, target).bind?.(target);
      },
    });
    await fixture.step(firstStep({ pipeline: "tickets", lane: 0 }), { queue: fasterOthers });
    expect((await fixture.file()).batch?.documents).toHaveLength(25);
    expect(await waiting()).toEqual([]);
    await fixture.pass(1_000);
    const { head } = await fixture.queue.peek();
    expect(head.map(({ name, passes }) => `${name} ${passes}`)).toEqual(many(25, 30).map((name) => `${name} 1`));
  });

  it("makes none of the others wait for one that another lane has in hand", async () => {
    await dropTogether(many(0, 25));
    const elsewhere = new DocumentClaims(fixture.containers.work, "tickets");
    await elsewhere.claim(3, "other", ["0.txt"]);
    fixture.limits = { ...fixture.limits, jobsPerBatch: 1 };
    const seen = await fixture.queue.peek();
    const wanted = { documents: 1, waiting: seen, documentsPerJob: 1, releaseStale: async () => {} };
    const taken = await takeDocuments(fixture.context(), "b", wanted);
    await taken.settle();
    expect(taken.documents).toEqual([]);
    expect(await waiting()).toEqual(many(1, 25));
    await fixture.pass(fixture.limits.claimedElsewhereSeconds * 1_000);
    expect(await waiting()).toHaveLength(25);
  });

  it("does not make the sweep take for missed what a batch left of it", async () => {
    await dropTogether(many(0, 16));
    await fixture.pass(600_000);
    for (const name of many(100, 140)) await dropTogether([name]);
    const seen = await fixture.queue.peek();
    const wanted = { documents: 10, waiting: seen, documentsPerJob: 10, releaseStale: async () => {} };
    await (await takeDocuments(fixture.context(), "b", wanted)).settle();
    await fixture.pass(180_000);
    const context = fixture.sweepContext();
    const { missed } = await findMissed(context, [await inspectPipeline(context, new Map(), fixture.pipeline)]);
    expect([...missed]).toEqual([]);
  });

  it("is gone, though its documents stand there twice", async () => {
    await dropTogether(["a.txt", "a.txt", "b.txt"]);
    await fixture.queue.send(["b.txt", "a.txt"].map(message));
    await fixture.finish();
    expect(await fixture.results()).toHaveLength(2);
    expect(timesSent()).toEqual([1, 1]);
    expect((await fixture.queue.peek()).total).toBe(0);
  });

  it("of a pipeline of before is read by one that takes files of rows, one after the other", async () => {
    fixture = await prepare();
    for (const name of ["a.csv", "b.csv"]) await fixture.drop(name, stringify(table(3)), 0);
    await fixture.backlog.send(JSON.stringify(["a.csv", "b.csv"].map(message)));
    await settle(fixture);
    expect(await fixture.failures()).toEqual([]);
    for (const name of ["a.csv", "b.csv"]) expect(await linesOf(fixture, name)).toHaveLength(3);
    expect((await fixture.queue.peek()).total).toBe(0);
  });
});
