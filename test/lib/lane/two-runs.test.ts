import { beforeEach, describe, expect, it } from "vitest";
import { firstStep, type LaneStep } from "../../../src/lib/lane/lane.ts";
import { DocumentClaims } from "../../../src/lib/lane/store/document-claims.ts";
import { beforeCall } from "../../helpers/before-call.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

// Durable runs an activity at least once: after a lost answer, a restart or a terminated instance, two runs of one lane
// can be at work at the same time.

let fixture: LaneFixture;
let claims: DocumentClaims;

beforeEach(async () => {
  fixture = await LaneFixture.create();
  claims = new DocumentClaims(fixture.containers.work, "tickets");
});

const lane0 = { pipeline: "tickets", lane: 0 };

/** A claims that does `first` before its next `take`: what a slower run of the same lane finds changed under it. */
function claimsAfter(first: () => Promise<unknown>): DocumentClaims {
  let pending: (() => Promise<unknown>) | undefined = first;
  return new Proxy(claims, {
    get(target, key) {
      const value = Reflect.get(target, key, target);
      if (key !== "claim") return value.bind(target);
      return async (...args: Parameters<DocumentClaims["claim"]>) => {
        const now = pending;
        pending = undefined;
        await now?.();
        return target.claim(...args);
      };
    },
  });
}

describe("two runs of one lane", () => {
  it("leave the documents of the faster one in its hands", async () => {
    await fixture.drop("a.txt", "a");
    let faster: LaneStep | undefined;
    const late = claimsAfter(async () => {
      await fixture.drop("b.txt", "b");
      faster = await fixture.step(firstStep(lane0));
    });
    const slower = await fixture.step(firstStep(lane0), { claims: late });
    expect(faster?.action).toBe("submit");
    expect(slower.action).toBe("claim");
    expect(await claims.holder("b.txt")).toBe(0);
    expect(await claims.holder("a.txt")).toBeUndefined();
    await fixture.run((next) => next.status.state === "closing", 0, faster);
    expect(await fixture.results()).toHaveLength(2);
    expect([...fixture.language.timesSent.values()]).toEqual([1, 1]);
  });

  it.each(["submit", "collect"] as const)(
    "%s: a late step of an earlier batch ends none that is not read yet",
    async (action) => {
      await fixture.drop("a.txt", "a");
      const { input } = fixture.containers;
      const unreachable = new Proxy(input, {
        get() {
          throw new Error("the process dies");
        },
      });
      await fixture.step(firstStep(lane0), { containers: { ...fixture.containers, input: unreachable } });
      expect((await fixture.file()).batch?.unread).toHaveLength(1);
      const late = await fixture.step({ ...firstStep(lane0), action });
      expect(late.action).toBe("claim");
      expect((await fixture.file()).batch?.unread).toHaveLength(1);
      await fixture.finish(late);
      expect(await fixture.results()).toHaveLength(1);
    },
  );

  it("find out before a document that was taken and not written down is let go", async () => {
    await fixture.drop("a.txt", "a");
    const late = new Proxy(claims, {
      get(target, key) {
        const value = Reflect.get(target, key, target);
        if (key !== "claim") return value.bind(target);
        return async (...args: Parameters<DocumentClaims["claim"]>) => {
          const claimedElsewhere = await target.claim(...args);
          await fixture.drop("b.txt", "b");
          await fixture.step(firstStep(lane0));
          return claimedElsewhere;
        };
      },
    });
    const slower = await fixture.step(firstStep(lane0), { claims: late });
    expect(slower.action).toBe("claim");
    expect(await claims.holder("b.txt")).toBe(0);
    await fixture.run((next) => next.status.state === "closing", 0, slower);
    expect([...fixture.language.timesSent.values()]).toEqual([1, 1]);
  });

  it("do not write over the texts that the other is about to send", async () => {
    await fixture.drop("a.txt", "text of a");
    await fixture.drop("b.txt", "text of b");
    let faster: LaneStep | undefined;
    const meanwhile = async () => {
      await fixture.containers.input.deleteBlob("a.txt");
      faster = await fixture.step(firstStep(lane0));
    };
    const work = beforeCall(fixture.containers.work, { blob: "/requests/", method: "upload" }, meanwhile);
    const slower = await fixture.step(firstStep(lane0), { containers: { ...fixture.containers, work } });
    expect([faster?.action, slower.action]).toEqual(["submit", "claim"]);
    await fixture.run((next) => next.status.state === "closing", 0, faster);
    expect([...fixture.language.timesSent]).toEqual([["text of b", 1]]);
    expect(await fixture.failures()).toEqual(["tickets/a.txt.json"]);
  });

  it("do not send at the same time", async () => {
    await fixture.drop("a.txt", "a");
    const step = await fixture.run((next) => next.action === "submit");
    const { submit } = fixture.language;
    let other: LaneStep | undefined;
    fixture.language.submit = async (request) => {
      other ??= await fixture.step(step);
      return submit.call(fixture.language, request);
    };
    const sending = await fixture.step(step);
    expect(sending.action).toBe("collect");
    expect(other).toMatchObject({ action: "submit", afterSeconds: 5, status: { state: "submitting" } });
    expect((await fixture.step(other ?? step)).action).toBe("collect");
    expect([...fixture.language.timesSent]).toEqual([["a", 1]]);
  });

  it.each([
    { moment: "takes the lease to send under", blob: "/requests/", method: "acquireLease" },
    { moment: "reads how far the batch is", blob: "/progress.json", method: "download" },
    { moment: "writes down what it sends", blob: "/progress.json", method: "upload" },
  ] as const)("do not send again what was answered while the slower one $moment", async ({ blob, method }) => {
    await fixture.drop("a.txt", "a");
    const step = await fixture.run((next) => next.action === "submit");
    let ended: LaneStep | undefined;
    const work = beforeCall(fixture.containers.work, { blob, method }, async () => {
      await fixture.endLeases();
      ended = await fixture.finish(step);
    });
    await fixture.step(step, { containers: { ...fixture.containers, work } });
    expect(ended?.status.state).toBe("closing");
    expect([...fixture.language.timesSent]).toEqual([["a", 1]]);
    expect(await fixture.workBlobs()).toEqual([]);
  });

  it("lose no ticket when one looks at jobs while the other sends", async () => {
    for (let n = 0; n < 100; n++) await fixture.drop(`${n}.txt`, `text ${n}`);
    const { submit } = fixture.language;
    const step = await fixture.run((next) => next.action === "submit");
    let sent = 0;
    fixture.language.script.onPoll = () => "running";
    fixture.language.submit = async (request) => {
      const handle = await submit.call(fixture.language, request);
      if (++sent === 2) await fixture.step({ ...step, action: "collect" });
      return handle;
    };
    const sending = await fixture.step(step);
    expect(sent).toBeGreaterThan(1);
    fixture.language.submit = submit;
    fixture.language.script = {};
    await fixture.finish(sending);
    expect(await fixture.results()).toHaveLength(100);
    expect(Math.max(...fixture.language.timesSent.values())).toBe(1);
  });

  it("wait no longer for one that died while it sent than its lease lasts", async () => {
    await fixture.drop("a.txt", "a");
    const step = await fixture.run((next) => next.action === "submit");
    const { submit } = fixture.language;
    const dead = new Promise<void>((resolve) => {
      fixture.language.submit = () => {
        resolve();
        return new Promise(() => {});
      };
    });
    void fixture.step(step);
    await dead;
    fixture.language.submit = submit;
    expect(await fixture.step(step)).toMatchObject({ action: "submit", afterSeconds: 5 });
    let waited = step;
    for (let times = 0; times < 80 && waited.status.state !== "failing"; times++) waited = await fixture.step(waited);
    expect(waited.status.reason?.message).toContain("held the lease of batches/");
    await fixture.endLeases();
    await fixture.finish(step);
    expect([...fixture.language.timesSent]).toEqual([["a", 1]]);
    expect(await fixture.workBlobs()).toEqual([]);
  });

  it("do not let go of each other's next batch", async () => {
    await claims.claim(0, "first", ["a.txt"]);
    await claims.release(0, "first");
    await claims.claim(0, "second", ["a.txt"]);
    await claims.release(0, "first");
    expect(await claims.holder("a.txt")).toBe(0);
    await expect(claims.claim(0, "third", ["b.txt"])).rejects.toThrow("another run");
  });
});
