import { Readable } from "node:stream";
import { beforeEach, describe, expect, it } from "vitest";
import { firstStep, type LaneStep } from "../../../src/lib/lane/lane.ts";
import { DocumentClaims } from "../../../src/lib/lane/store/document-claims.ts";
import type { Containers } from "../../../src/lib/storage/blobs.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

let fixture: LaneFixture;

beforeEach(async () => {
  fixture = await LaneFixture.create();
});

/** Three chunks, unlike those of any other number. */
const longText = (n: number): string => Array.from({ length: 40_000 }, (_, word) => `${n}.${word}`).join(" ");

/** The fixture's containers, with an input container that gives one document in another way. */
function withDownload(document: string, download: () => Promise<unknown>): Containers {
  const input = new Proxy(fixture.containers.input, {
    get(target, key) {
      if (key !== "getBlobClient") return Reflect.get(target, key, target);
      return (name: string) => {
        const blob = target.getBlobClient(name);
        return name === document ? Object.assign(blob, { download }) : blob;
      };
    },
  });
  return { ...fixture.containers, input };
}

function brokenStream(): Readable {
  return new Readable({
    read() {
      this.destroy(new Error("Data corruption failure: received less data than required"));
    },
  });
}

describe("claiming", () => {
  it("opens the next lane when more waits than one batch holds", async () => {
    fixture.limits = { ...fixture.limits, jobsPerBatch: 1 };
    for (let n = 0; n < 40; n++) await fixture.drop(`${n}.txt`, `text ${n}`);
    await fixture.run((next) => next.action === "submit");
    expect(fixture.opened).toEqual([1]);
  });

  it("counts nothing against documents that storage kept from being written down", async () => {
    for (let n = 0; n < 3; n++) await fixture.drop(`${n}.txt`, `text ${n}`);
    const refused = new Proxy(fixture.containers.work, {
      get(target, key) {
        if (key === "getBlockBlobClient") throw new Error("no right to write");
        return Reflect.get(target, key, target).bind?.(target) ?? Reflect.get(target, key, target);
      },
    });
    for (let times = 0; times < 3; times++) {
      const claimed = await fixture.step(firstStep({ pipeline: "tickets", lane: 0 }), {
        claims: new DocumentClaims(refused, "tickets"),
      });
      expect(claimed.status.state).toBe("failing");
      await fixture.pass(1_100);
    }
    await fixture.finish();
    expect(fixture.language.submitted.map(({ documents }) => documents.length)).toEqual([3]);
    expect(await fixture.failures()).toEqual([]);
  });

  it("leaves for the next batch what this one has no room for", async () => {
    fixture.limits = { ...fixture.limits, jobsPerBatch: 1 };
    for (let n = 0; n < 6; n++) await fixture.drop(`${n}.txt`, `${n} ${"x".repeat(60_000)}`);
    await fixture.finish();
    expect(await fixture.results()).toHaveLength(6);
    expect([...fixture.language.timesSent.values()]).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it("leaves documents without room to another lane, and claims no more of such the next time", async () => {
    fixture.limits = { ...fixture.limits, jobsPerBatch: 1 };
    for (let n = 0; n < 6; n++) await fixture.drop(`${n}.txt`, longText(n));
    const { memory } = await fixture.run((next) => next.action === "submit");
    expect(fixture.opened).toEqual([1]);
    expect(memory.maxDocuments).toBe(2);
    await fixture.finish();
    expect([...fixture.language.timesSent.values()].every((times) => times === 1)).toBe(true);
    expect(await fixture.results()).toHaveLength(6);
  });

  it("reads no document in two lanes when the process dies while it gives some back", async () => {
    fixture.limits = { ...fixture.limits, jobsPerBatch: 1 };
    for (let n = 0; n < 6; n++) await fixture.drop(`${n}.txt`, longText(n));
    const dies = new Proxy(fixture.queue, {
      get(target, key) {
        if (key !== "send") return Reflect.get(target, key, target).bind?.(target);
        return async (...[documents, ...rest]: Parameters<typeof fixture.queue.send>) => {
          await target.send(documents.slice(0, 4), ...rest);
          throw new Error("the process dies");
        };
      },
    });
    const died = await fixture.step(firstStep({ pipeline: "tickets", lane: 0 }), { queue: dies });
    expect(died.status.state).toBe("failing");
    // What the dead lane has in hand, its sibling waits for.
    const sibling = await fixture.run((next) => next.action === "collect" || next.status.state === "waiting", 1);
    await fixture.finish();
    if (sibling.action === "collect") await fixture.run((next) => next.action === "close", 1, sibling);
    await fixture.finish();
    expect([...fixture.language.timesSent.values()].every((times) => times === 1)).toBe(true);
    expect(await fixture.results()).toHaveLength(6);
  });

  it("leaves as many messages as there are documents, whatever fails while they are put back", async () => {
    fixture.limits = { ...fixture.limits, claimedElsewhereSeconds: 0 };
    for (let n = 0; n < 3; n++) await fixture.drop(`${n}.txt`, `text ${n}`);
    const elsewhere = new DocumentClaims(fixture.containers.work, "tickets");
    await elsewhere.claim(3, "other", ["0.txt", "1.txt", "2.txt"]);
    let calls = 0;
    const faulty = new Proxy(fixture.queue, {
      get(target, key) {
        const value = Reflect.get(target, key, target);
        if (typeof value !== "function" || key === "receive" || key === "peek") return value.bind?.(target) ?? value;
        return async (...args: unknown[]) => {
          await value.apply(target, args);
          if (++calls % 2 === 0) throw new Error("the answer was lost");
        };
      },
    });
    for (let times = 0; times < 4; times++) {
      await fixture.step(firstStep({ pipeline: "tickets", lane: 0 }), { queue: faulty });
      await fixture.pass(1_100);
    }
    expect(calls).toBeGreaterThan(4);
    expect((await fixture.queue.peek()).total).toBe(3);
    await elsewhere.release(3, "other");
    await fixture.finish();
    expect(await fixture.results()).toHaveLength(3);
  });

  it.each(["..", ".", "a/../b.txt", "../results/a.json", "a/./b", `${"x".repeat(1_025)}`, "a/".repeat(254)])(
    "removes a message that names no document that there can be: %s",
    async (name) => {
      const queuedAt = new Date(0).toISOString();
      await fixture.backlog.send(JSON.stringify({ name, reason: "event", queuedAt }));
      await fixture.drop("1.txt", "text");
      await fixture.finish();
      expect(await fixture.results()).toEqual(["tickets/1.txt.json"]);
      expect(await fixture.failures()).toEqual([]);
      expect(fixture.events.map(({ event }) => event)).toContain("message.foreign");
    },
  );

  it("removes what is no document from its queue, and says so", async () => {
    await fixture.express.send("hello");
    await fixture.backlog.send('{"name":"not ours"}');
    await fixture.drop("1.txt", "text");
    await fixture.finish();
    expect(await fixture.results()).toEqual(["tickets/1.txt.json"]);
    const foreign = fixture.events.filter(({ event }) => event === "message.foreign");
    expect(foreign).toEqual(
      Array(2).fill({ event: "message.foreign", pipeline: "tickets", lane: 0, messageId: expect.any(String) }),
    );
    expect((await fixture.queue.peek()).total).toBe(0);
  });

  it.each([
    ["no token comes for the storage account", () => Promise.reject(new Error("ManagedIdentityCredential: no answer"))],
    ["the storage account breaks off", () => Promise.resolve({ contentLength: 4, readableStreamBody: brokenStream() })],
  ])("counts nothing against documents while %s", async (_what, download) => {
    for (let n = 0; n < 3; n++) await fixture.drop(`${n}.txt`, `text ${n}`);
    let step = firstStep({ pipeline: "tickets", lane: 0 });
    for (let times = 0; times < 12; times++) {
      step = await fixture.step(step, { containers: withDownload("1.txt", download) });
      expect(step.status.state).toBe("failing");
    }
    await fixture.finish(step);
    expect(fixture.language.submitted.map(({ documents }) => documents.length)).toEqual([3]);
    expect(await fixture.failures()).toEqual([]);
  });

  it("fails a document that cannot be cut, and goes on with its neighbours", async () => {
    fixture.limits = { ...fixture.limits, maxDocumentBytes: 10_000_000 };
    await fixture.drop("good.txt", "good");
    await fixture.drop("endless letter.txt", `e${"\u0301".repeat(1_000_000)}`);
    await fixture.finish();
    expect(await fixture.results()).toEqual(["tickets/good.txt.json"]);
    expect((await fixture.read("failed", "endless letter.txt")).error).toMatchObject({ code: "UnbreakableText" });
  });

  it("reads a batch in ever smaller parts after reading it died twice, and then gives up on the one that kills", async () => {
    await fixture.drop("good.txt", "good");
    await fixture.drop("killer.txt", "killer");
    let die = (_step: LaneStep): void => {};
    const dies = withDownload("killer.txt", () => {
      die(firstStep({ pipeline: "tickets", lane: 0 }));
      return new Promise(() => {});
    });
    let step = firstStep({ pipeline: "tickets", lane: 0 });
    for (let taken = 0; taken < 100 && (await fixture.failures()).length === 0; taken++) {
      const death = new Promise<LaneStep>((resolve) => {
        die = resolve;
      });
      step = await Promise.race([death, fixture.step(step, { containers: dies })]);
      if (step.afterSeconds >= 1) await fixture.pass(200);
    }
    await fixture.finish();
    expect(await fixture.results()).toEqual(["tickets/good.txt.json"]);
    expect((await fixture.read("failed", "killer.txt")).error).toMatchObject({ code: "DocumentStopsReader" });
  });
});
