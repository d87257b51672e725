import { beforeEach, describe, expect, it } from "vitest";
import { firstStep, type LaneStep } from "../../../src/lib/lane/lane.ts";
import { Ledger } from "../../../src/lib/lane/store/document-claims.ts";
import { LaneBench } from "../../helpers/lane-bench.ts";

// Durable runs an activity at least once: after a lost answer, a restart or a terminated instance, two runs of one lane
// can be at work at the same time.

let bench: LaneBench;
let ledger: Ledger;

beforeEach(async () => {
  bench = await LaneBench.create();
  ledger = new Ledger(bench.containers.work, "tickets");
});

const lane0 = { pipeline: "tickets", lane: 0 };

/** A ledger that does `first` before its next `take`: what a slower run of the same lane finds changed under it. */
function ledgerAfter(first: () => Promise<unknown>): Ledger {
  let pending: (() => Promise<unknown>) | undefined = first;
  return new Proxy(ledger, {
    get(target, key) {
      const value = Reflect.get(target, key, target);
      if (key !== "take") return value.bind(target);
      return async (...args: Parameters<Ledger["take"]>) => {
        const now = pending;
        pending = undefined;
        await now?.();
        return target.take(...args);
      };
    },
  });
}

describe("two runs of one lane", () => {
  it("leave the documents of the faster one in its hands", async () => {
    await bench.drop("a.txt", "a");
    let faster: LaneStep | undefined;
    const late = ledgerAfter(async () => {
      await bench.drop("b.txt", "b");
      faster = await bench.step(firstStep(lane0));
    });
    const slower = await bench.step(firstStep(lane0), { ledger: late });
    expect(faster?.action).toBe("submit");
    expect(slower.action).toBe("claim");
    expect(await ledger.holder("b.txt")).toBe(0);
    expect(await ledger.holder("a.txt")).toBeUndefined();
    await bench.run((next) => next.status.state === "closing", 0, faster);
    expect(await bench.results()).toHaveLength(2);
    expect([...bench.language.timesSent.values()]).toEqual([1, 1]);
  });

  it("find out before a document that was taken and not written down is let go", async () => {
    await bench.drop("a.txt", "a");
    const late = new Proxy(ledger, {
      get(target, key) {
        const value = Reflect.get(target, key, target);
        if (key !== "take") return value.bind(target);
        return async (...args: Parameters<Ledger["take"]>) => {
          const held = await target.take(...args);
          await bench.drop("b.txt", "b");
          await bench.step(firstStep(lane0));
          return held;
        };
      },
    });
    const slower = await bench.step(firstStep(lane0), { ledger: late });
    expect(slower.action).toBe("claim");
    expect(await ledger.holder("b.txt")).toBe(0);
    await bench.run((next) => next.status.state === "closing", 0, slower);
    expect([...bench.language.timesSent.values()]).toEqual([1, 1]);
  });

  it("do not write over the texts that the other is about to send", async () => {
    await bench.drop("a.txt", "text of a");
    await bench.drop("b.txt", "text of b");
    let faster: LaneStep | undefined;
    const work = new Proxy(bench.containers.work, {
      get(target, key) {
        const value = Reflect.get(target, key, target);
        if (key !== "getBlockBlobClient") return value.bind?.(target) ?? value;
        return (name: string) => {
          const blob = target.getBlockBlobClient(name);
          if (!name.includes("/requests/") || faster !== undefined) return blob;
          const upload = blob.upload.bind(blob);
          blob.upload = async (...args) => {
            await bench.containers.input.deleteBlob("a.txt");
            faster = await bench.step(firstStep(lane0));
            return upload(...args);
          };
          return blob;
        };
      },
    });
    const slower = await bench.step(firstStep(lane0), { containers: { ...bench.containers, work } });
    expect([faster?.action, slower.action]).toEqual(["submit", "claim"]);
    await bench.run((next) => next.status.state === "closing", 0, faster);
    expect([...bench.language.timesSent]).toEqual([["text of b", 1]]);
    expect(await bench.failures()).toEqual(["tickets/a.txt.json"]);
  });

  it("do not send at the same time", async () => {
    await bench.drop("a.txt", "a");
    const step = await bench.run((next) => next.action === "submit");
    const { submit } = bench.language;
    let other: LaneStep | undefined;
    bench.language.submit = async (request) => {
      other ??= await bench.step(step);
      return submit.call(bench.language, request);
    };
    const sending = await bench.step(step);
    expect(sending.action).toBe("collect");
    expect(other).toMatchObject({ action: "submit", afterSeconds: 5, status: { state: "submitting" } });
    expect((await bench.step(other ?? step)).action).toBe("collect");
    expect([...bench.language.timesSent]).toEqual([["a", 1]]);
  });

  it("lose no ticket when one looks at jobs while the other sends", async () => {
    for (let n = 0; n < 100; n++) await bench.drop(`${n}.txt`, `text ${n}`);
    const { submit } = bench.language;
    const step = await bench.run((next) => next.action === "submit");
    let sent = 0;
    bench.language.script.onLook = () => "running";
    bench.language.submit = async (request) => {
      const handle = await submit.call(bench.language, request);
      if (++sent === 2) await bench.step({ ...step, action: "collect" });
      return handle;
    };
    const sending = await bench.step(step);
    expect(sent).toBeGreaterThan(1);
    bench.language.submit = submit;
    bench.language.script = {};
    await bench.finish(sending);
    expect(await bench.results()).toHaveLength(100);
    expect(Math.max(...bench.language.timesSent.values())).toBe(1);
  });

  it("wait no longer for one that died while it sent than its lease lasts", async () => {
    await bench.drop("a.txt", "a");
    const step = await bench.run((next) => next.action === "submit");
    const { submit } = bench.language;
    const dead = new Promise<void>((resolve) => {
      bench.language.submit = () => {
        resolve();
        return new Promise(() => {});
      };
    });
    void bench.step(step);
    await dead;
    bench.language.submit = submit;
    expect(await bench.step(step)).toMatchObject({ action: "submit", afterSeconds: 5 });
    let waited = step;
    for (let times = 0; times < 80 && waited.status.state !== "failing"; times++) waited = await bench.step(waited);
    expect(waited.status.reason?.message).toContain("held the lease of batches/");
    await bench.endLeases();
    await bench.finish(step);
    expect([...bench.language.timesSent]).toEqual([["a", 1]]);
    expect(await bench.workBlobs()).toEqual([]);
  });

  it("do not let go of each other's next batch", async () => {
    await ledger.take(lane0, "first", ["a.txt"]);
    await ledger.release(lane0, "first");
    await ledger.take(lane0, "second", ["a.txt"]);
    await ledger.release(lane0, "first");
    expect(await ledger.holder("a.txt")).toBe(0);
    await expect(ledger.take(lane0, "third", ["b.txt"])).rejects.toThrow("another run");
  });
});
