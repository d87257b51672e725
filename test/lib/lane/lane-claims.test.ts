import { Readable } from "node:stream";
import { beforeEach, describe, expect, it } from "vitest";
import { firstStep, type LaneStep } from "../../../src/lib/lane/lane.ts";
import type { Containers } from "../../../src/lib/lane/lane-context.ts";
import { Ledger } from "../../../src/lib/lane/store/document-claims.ts";
import { LaneBench } from "../../helpers/lane-bench.ts";

let bench: LaneBench;

beforeEach(async () => {
  bench = await LaneBench.create();
});

/** Three chunks, unlike those of any other number. */
const longText = (n: number): string => Array.from({ length: 40_000 }, (_, word) => `${n}.${word}`).join(" ");

/** The bench's containers, with an input container that gives one document in another way. */
function withDownload(document: string, download: () => Promise<unknown>): Containers {
  const input = new Proxy(bench.containers.input, {
    get(target, key) {
      if (key !== "getBlobClient") return Reflect.get(target, key, target);
      return (name: string) => {
        const blob = target.getBlobClient(name);
        return name === document ? Object.assign(blob, { download }) : blob;
      };
    },
  });
  return { ...bench.containers, input };
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
    bench.limits = { ...bench.limits, jobsPerBatch: 1 };
    for (let n = 0; n < 40; n++) await bench.drop(`${n}.txt`, `text ${n}`);
    await bench.run((next) => next.action === "submit");
    expect(bench.opened).toEqual([1]);
  });

  it("counts nothing against documents that storage kept from being written down", async () => {
    for (let n = 0; n < 3; n++) await bench.drop(`${n}.txt`, `text ${n}`);
    const refused = new Proxy(bench.containers.work, {
      get(target, key) {
        if (key === "getBlockBlobClient") throw new Error("no right to write");
        return Reflect.get(target, key, target).bind?.(target) ?? Reflect.get(target, key, target);
      },
    });
    for (let times = 0; times < 3; times++) {
      const claimed = await bench.step(firstStep({ pipeline: "tickets", lane: 0 }), {
        ledger: new Ledger(refused, "tickets"),
      });
      expect(claimed.status.state).toBe("failing");
      await new Promise((resolve) => setTimeout(resolve, 1_100));
    }
    await bench.finish();
    expect(bench.language.submitted.map(({ documents }) => documents.length)).toEqual([3]);
    expect(await bench.failures()).toEqual([]);
  });

  it("leaves for the next batch what this one has no room for", async () => {
    bench.limits = { ...bench.limits, jobsPerBatch: 1 };
    for (let n = 0; n < 6; n++) await bench.drop(`${n}.txt`, `${n} ${"x".repeat(60_000)}`);
    await bench.finish();
    expect(await bench.results()).toHaveLength(6);
    expect([...bench.language.timesSent.values()]).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it("leaves documents without room to another lane, and claims no more of such the next time", async () => {
    bench.limits = { ...bench.limits, jobsPerBatch: 1 };
    for (let n = 0; n < 6; n++) await bench.drop(`${n}.txt`, longText(n));
    const { memory } = await bench.run((next) => next.action === "submit");
    expect(bench.opened).toEqual([1]);
    expect(memory.room).toBe(2);
    await bench.finish();
    expect([...bench.language.timesSent.values()].every((times) => times === 1)).toBe(true);
    expect(await bench.results()).toHaveLength(6);
  });

  it("reads no document in two lanes when the process dies while it gives some back", async () => {
    bench.limits = { ...bench.limits, jobsPerBatch: 1 };
    for (let n = 0; n < 6; n++) await bench.drop(`${n}.txt`, longText(n));
    let sent = 0;
    const dies = new Proxy(bench.queue, {
      get(target, key) {
        if (key !== "send") return Reflect.get(target, key, target).bind?.(target);
        return async (...message: Parameters<typeof bench.queue.send>) => {
          await target.send(...message);
          if (++sent === 4) throw new Error("the process dies");
        };
      },
    });
    const died = await bench.step(firstStep({ pipeline: "tickets", lane: 0 }), { queue: dies });
    expect(died.status.state).toBe("failing");
    const sibling = await bench.run((next) => next.action === "collect", 1);
    await bench.finish();
    if (sibling.action === "collect") await bench.run((next) => next.action === "close", 1, sibling);
    await bench.finish();
    expect([...bench.language.timesSent.values()].every((times) => times === 1)).toBe(true);
    expect(await bench.results()).toHaveLength(6);
  });

  it("removes what is no document from its queue, and says so", async () => {
    await bench.queue.send("hello");
    await bench.queue.send('{"name":"not ours"}');
    await bench.drop("1.txt", "text");
    await bench.finish();
    expect(await bench.results()).toEqual(["tickets/1.txt.json"]);
    const foreign = bench.events.filter(({ event }) => event === "message.foreign");
    expect(foreign).toEqual(
      Array(2).fill({ event: "message.foreign", pipeline: "tickets", lane: 0, messageId: expect.any(String) }),
    );
    expect((await bench.queue.look()).total).toBe(0);
  });

  it.each([
    ["no token comes for the storage account", () => Promise.reject(new Error("ManagedIdentityCredential: no answer"))],
    ["the storage account breaks off", () => Promise.resolve({ contentLength: 4, readableStreamBody: brokenStream() })],
  ])("counts nothing against documents while %s", async (_what, download) => {
    for (let n = 0; n < 3; n++) await bench.drop(`${n}.txt`, `text ${n}`);
    let step = firstStep({ pipeline: "tickets", lane: 0 });
    for (let times = 0; times < 12; times++) {
      step = await bench.step(step, { containers: withDownload("1.txt", download) });
      expect(step.status.state).toBe("failing");
    }
    await bench.finish(step);
    expect(bench.language.submitted.map(({ documents }) => documents.length)).toEqual([3]);
    expect(await bench.failures()).toEqual([]);
  });

  it("fails a document that cannot be cut, and goes on with its neighbours", async () => {
    bench.limits = { ...bench.limits, maxDocumentBytes: 10_000_000 };
    await bench.drop("good.txt", "good");
    await bench.drop("endless letter.txt", `e${"\u0301".repeat(1_000_000)}`);
    await bench.finish();
    expect(await bench.results()).toEqual(["tickets/good.txt.json"]);
    expect((await bench.read("failed", "endless letter.txt")).error).toMatchObject({ code: "UnbreakableText" });
  });

  it("reads a batch in ever smaller parts after reading it died twice, and then gives up on the one that kills", async () => {
    await bench.drop("good.txt", "good");
    await bench.drop("killer.txt", "killer");
    let die = (_step: LaneStep): void => {};
    const dies = withDownload("killer.txt", () => {
      die(firstStep({ pipeline: "tickets", lane: 0 }));
      return new Promise(() => {});
    });
    let step = firstStep({ pipeline: "tickets", lane: 0 });
    for (let taken = 0; taken < 100 && (await bench.failures()).length === 0; taken++) {
      const death = new Promise<LaneStep>((resolve) => {
        die = resolve;
      });
      step = await Promise.race([death, bench.step(step, { containers: dies })]);
      if (step.afterSeconds >= 1) await new Promise((resolve) => setTimeout(resolve, 200));
    }
    await bench.finish();
    expect(await bench.results()).toEqual(["tickets/good.txt.json"]);
    expect((await bench.read("failed", "killer.txt")).error).toMatchObject({ code: "DocumentStopsReader" });
  });
});
