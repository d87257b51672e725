import { beforeEach, describe, expect, it } from "vitest";
import { readLaneFile } from "../../../src/lib/batches/lane-file.ts";
import { firstStep, type LaneStep } from "../../../src/lib/batches/lane-step.ts";
import { Ledger } from "../../../src/lib/batches/ledger.ts";
import { LaneBench } from "../../helpers/lane-bench.ts";

let bench: LaneBench;

beforeEach(async () => {
  bench = await LaneBench.create();
});

/** Runs the lane until it has nothing to do. */
const finish = (from?: LaneStep): Promise<LaneStep> => bench.run((next) => next.status.state === "closing", 0, from);

const workBlobs = async (): Promise<string[]> => {
  const found: string[] = [];
  for await (const { name } of bench.containers.work.listBlobsFlat({ prefix: "batches/" })) found.push(name);
  return found;
};

describe("a lane", () => {
  it("turns documents into results, 25 a job, and leaves no work blobs behind", async () => {
    for (let n = 0; n < 60; n++) await bench.drop(`a/${n}.txt`, `text number ${n}`);
    await finish();
    expect(await bench.results()).toHaveLength(60);
    expect(await bench.failures()).toEqual([]);
    expect(bench.language.submitted.map(({ documents }) => documents.length).sort()).toEqual([10, 25, 25]);
    expect(await workBlobs()).toEqual([]);
    const { file } = await readLaneFile(bench.containers.work, { pipeline: "tickets", lane: 0 });
    expect(file.totals).toMatchObject({ succeeded: 60, failed: 0, jobs: 3, textRecords: 60 });
    expect(file.manifest).toBeUndefined();
  });

  it("analyses a document once for three events of one version", async () => {
    await bench.drop("same.txt", "once", 3);
    await finish();
    await bench.announce("same.txt");
    await finish();
    expect(bench.language.timesSent.get("once")).toBe(1);
    expect(await bench.results()).toEqual(["tickets/same.txt.json"]);
  });

  it("keeps a second event out of another lane while the first is analysed", async () => {
    await bench.drop("same.txt", "once");
    const analysing = await bench.run((next) => next.action === "collect");
    await bench.announce("same.txt");
    const sibling = await bench.step(firstStep({ pipeline: "tickets", lane: 1 }));
    expect(sibling.action).toBe("claim");
    await finish(analysing);
    expect(bench.language.timesSent.get("once")).toBe(1);
  });

  it("ends with the newer version when a document is overwritten while it is analysed", async () => {
    await bench.drop("d.txt", "first");
    const analysing = await bench.run((next) => next.action === "collect");
    await bench.drop("d.txt", "second, longer");
    await bench.run((next) => next.action === "close", 1);
    await finish(analysing);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await finish();
    const { etag } = await bench.containers.input.getBlobClient("d.txt").getProperties();
    expect((await bench.read("results", "d.txt")).document).toMatchObject({ etag, characters: 14 });
    expect(bench.language.timesSent).toEqual(
      new Map([
        ["first", 1],
        ["second, longer", 1],
      ]),
    );
  });

  it("records a document that was deleted before it was read", async () => {
    await bench.drop("gone.txt", "x");
    await bench.containers.input.deleteBlob("gone.txt");
    await finish();
    expect(await bench.results()).toEqual([]);
    expect((await bench.read("failed", "gone.txt")).error).toMatchObject({
      code: "DocumentNotFound",
      source: "reader",
    });
  });

  it("removes the failure record when a repaired version succeeds", async () => {
    await bench.drop("d.txt", "   ");
    await finish();
    expect(await bench.failures()).toEqual(["tickets/d.txt.json"]);
    await bench.drop("d.txt", "now with text");
    await finish();
    expect(await bench.failures()).toEqual([]);
    expect(await bench.results()).toEqual(["tickets/d.txt.json"]);
  });

  it("does not read a failed version again for a late event, but does when it is redriven", async () => {
    bench.language.script.onDocument = () => ({ code: "InvalidDocument", message: "no" });
    await bench.drop("d.txt", "refused at first");
    await finish();
    expect(await bench.failures()).toEqual(["tickets/d.txt.json"]);
    bench.language.script = {};
    await bench.announce("d.txt");
    await finish();
    expect(bench.language.submitted).toHaveLength(1);
    await bench.announce("d.txt", "redrive");
    await finish();
    expect(await bench.failures()).toEqual([]);
    expect(await bench.results()).toEqual(["tickets/d.txt.json"]);
  });

  it("says why a redriven document failed this time", async () => {
    bench.language.script.onDocument = () => ({ code: "InvalidDocument", message: "no" });
    await bench.drop("d.txt", "refused by each task");
    await bench.drop("e.txt", "refused at the door");
    await finish();
    bench.language.script = {
      onSubmit: ({ documents }) =>
        documents.some(({ text }) => text.endsWith("door"))
          ? { class: "document", code: "UnsupportedLanguageCode", message: "refused", hint: "-" }
          : undefined,
      onDocument: () => ({ code: "UnsupportedLanguageCode", message: "not this language" }),
    };
    for (const name of ["d.txt", "e.txt"]) await bench.announce(name, "redrive");
    await finish();
    for (const name of ["d.txt", "e.txt"]) {
      expect((await bench.read("failed", name)).error).toMatchObject({ code: "UnsupportedLanguageCode" });
    }
  });
});

describe("a lane and a Language service that refuses", () => {
  it("waits for as long as a throttle asks, and costs no document", async () => {
    bench.language.script.onSubmit = (_, nth) =>
      nth <= 5 ? { class: "throttled", code: "429", message: "slow down", hint: "-", retryAfterSeconds: 7 } : undefined;
    await bench.drop("d.txt", "x");
    const held = await bench.run((next) => next.status.state === "throttled");
    expect(held).toMatchObject({ action: "submit", afterSeconds: 7 });
    await finish(held);
    expect(await bench.results()).toHaveLength(1);
    expect(await bench.failures()).toEqual([]);
  });

  it("keeps its documents while it is blocked, says why, and goes on once that is put right", async () => {
    bench.language.script.onSubmit = (_, nth) =>
      nth <= 8 ? { class: "blocked", code: "401", message: "wrong key", hint: "Set LANGUAGE_KEY." } : undefined;
    for (let n = 0; n < 30; n++) await bench.drop(`${n}.txt`, `text ${n}`);
    const first = await bench.run((next) => next.status.state === "blocked");
    expect(first.status.reason).toEqual({ code: "401", message: "wrong key", hint: "Set LANGUAGE_KEY." });
    const second = await bench.step(first);
    expect(second.afterSeconds).toBeGreaterThan(first.afterSeconds);
    expect(second.status.since).toBe(first.status.since);
    await finish(second);
    expect(await bench.results()).toHaveLength(30);
    expect(bench.events.map(({ event }) => event)).toContain("lane.unblocked");
  });

  it("is blocked, not failed, when the jobs end with an unknown deployment", async () => {
    let wrong = true;
    bench.language.script = {
      onLook: () => (wrong ? "failed" : "succeeded"),
      jobError: { code: "ProjectNotFound", message: "no such deployment" },
    };
    await bench.drop("d.txt", "x");
    const held = await bench.run((next) => next.status.state === "blocked");
    expect(held.status.reason?.code).toBe("ProjectNotFound");
    wrong = false;
    await finish(held);
    expect(await bench.results()).toHaveLength(1);
  });

  it("finds the one document that makes the service refuse a job, and fails only that", async () => {
    bench.language.script.onSubmit = ({ documents }) =>
      documents.some(({ text }) => text === "poison")
        ? { class: "document", code: "InvalidDocument", message: "refused", hint: "-" }
        : undefined;
    for (let n = 0; n < 24; n++) await bench.drop(`${n}.txt`, `text ${n}`);
    await bench.drop("bad.txt", "poison");
    await finish();
    expect(await bench.results()).toHaveLength(24);
    expect(await bench.failures()).toEqual(["tickets/bad.txt.json"]);
    expect(Math.max(...bench.language.timesSent.values())).toBe(1);
    expect((await bench.read("failed", "bad.txt")).error).toMatchObject({ code: "InvalidDocument", source: "service" });
  });

  it("takes a refusal that it cannot read for a wrong setting when even a harmless text is refused", async () => {
    let wrong = true;
    bench.language.script.onSubmit = () =>
      wrong ? { class: "document", certain: false, code: "Odd", message: "odd", hint: "-" } : undefined;
    await bench.drop("a.txt", "x");
    await bench.drop("b.txt", "y");
    const held = await bench.run((next) => next.status.state === "blocked");
    expect(await bench.failures()).toEqual([]);
    wrong = false;
    await finish(held);
    expect(await bench.results()).toHaveLength(2);
  });

  it("takes it for the document's when a harmless text is accepted", async () => {
    bench.language.script.onSubmit = ({ documents }) =>
      documents.some(({ text }) => text === "odd one")
        ? { class: "document", certain: false, code: "Odd", message: "odd", hint: "-" }
        : undefined;
    await bench.drop("a.txt", "fine");
    await bench.drop("b.txt", "odd one");
    await finish();
    expect(await bench.results()).toEqual(["tickets/a.txt.json"]);
    expect(await bench.failures()).toEqual(["tickets/b.txt.json"]);
  });

  it("is throttled, not blocked, when the harmless text is", async () => {
    bench.language.script.onSubmit = ({ documents }) =>
      documents.some(({ id }) => id === "canary")
        ? { class: "throttled", code: "429", message: "slow down", hint: "-", retryAfterSeconds: 9 }
        : { class: "document", certain: false, code: "Odd", message: "odd", hint: "-" };
    await bench.drop("a.txt", "x");
    const held = await bench.run((next) => next.action === "submit" && next.afterSeconds > 0);
    expect(held).toMatchObject({ afterSeconds: 9, status: { state: "throttled", reason: { code: "429" } } });
    expect(await bench.failures()).toEqual([]);
  });

  it("cuts the service's words to what a status can hold", async () => {
    const message = "x".repeat(40_000);
    bench.language.script.onSubmit = () => ({ class: "blocked", code: "403", message, hint: "-" });
    await bench.drop("a.txt", "x");
    const held = await bench.run((next) => next.status.state === "blocked");
    expect(JSON.stringify(held.status).length).toBeLessThan(2_000);
  });

  it("begins no call after its time, and goes on with the next step", async () => {
    const submit = bench.language.submit.bind(bench.language);
    bench.language.submit = (request) => {
      bench.skippedMs += 90_000;
      return submit(request);
    };
    for (let n = 0; n < 75; n++) await bench.drop(`${n}.txt`, `text number ${n}`);
    const first = await bench.run((next) => next.action === "collect");
    expect(first.status.jobs).toEqual({ prepared: 1, open: 2, done: 0 });
    await finish(first);
    expect(await bench.results()).toHaveLength(75);
    expect(Math.max(...bench.language.timesSent.values())).toBe(1);
  });

  it("waits through an outage of the service without losing a document", async () => {
    bench.language.script.onSubmit = (_, nth) =>
      nth <= 20 ? { class: "transient", code: "503", message: "down", hint: "-" } : undefined;
    await bench.drop("a.txt", "x");
    await bench.drop("b.txt", "y");
    await finish();
    expect(await bench.results()).toHaveLength(2);
    expect(await bench.failures()).toEqual([]);
  });
});

describe("a lane and jobs that go wrong", () => {
  it("sends a lost job again", async () => {
    let lost = true;
    bench.language.script.onLook = () => {
      if (!lost) return undefined;
      lost = false;
      return { class: "transient", code: "JobNotFound", message: "gone", hint: "-" };
    };
    await bench.drop("d.txt", "x");
    await finish();
    expect(bench.language.timesSent.get("x")).toBe(2);
    expect(await bench.results()).toHaveLength(1);
  });

  it("keeps its documents however often jobs end throttled", async () => {
    let times = 0;
    bench.language.script = {
      onLook: () => (++times > 8 ? "succeeded" : "failed"),
      jobError: { code: "TooManyRequests", message: "slow down" },
    };
    await bench.drop("a.txt", "x");
    const held = await bench.run((next) => next.status.state === "throttled");
    await finish(held);
    expect(await bench.failures()).toEqual([]);
    expect(await bench.results()).toHaveLength(1);
  });

  it("is blocked when its tasks fail for different settings", async () => {
    const tasks = ["one", "two"].map((name) => ({
      kind: "CustomSingleLabelClassification" as const,
      name,
      parameters: { projectName: name, deploymentName: "production" },
    }));
    bench = await LaneBench.create({ tasks });
    bench.language.script.onDocument = (_, { name }) => ({
      code: name === "one" ? "ProjectNotFound" : "DeploymentNotFound",
      message: "not there",
    });
    await bench.drop("a.txt", "x");
    const held = await bench.run((next) => next.status.state === "blocked");
    expect(await bench.failures()).toEqual([]);
    bench.language.script = {};
    await finish(held);
    expect(await bench.results()).toHaveLength(1);
  });

  it("sends a job again that has outlived its results where it cannot be asked about any more", async () => {
    let gone = true;
    bench.language.script.onLook = () =>
      gone ? { class: "blocked", code: "EndpointUnreachable", message: "no such host", hint: "-" } : undefined;
    await bench.drop("d.txt", "x");
    const held = await bench.run((next) => next.status.state === "blocked");
    bench.skippedMs += 26 * 60 * 60_000;
    const again = await bench.step(held);
    expect(again.action).toBe("submit");
    gone = false;
    await finish(again);
    expect(await bench.results()).toHaveLength(1);
    expect(bench.language.timesSent.get("x")).toBe(2);
  });

  it("stops after a set number of lost jobs, and blames only the document that is in all of them", async () => {
    bench.language.script = {
      onLook: ({ documents }) => (documents.some(({ text }) => text === "crasher") ? "failed" : "succeeded"),
      jobError: { code: "InternalServerError", message: "failed inside" },
    };
    for (let n = 0; n < 7; n++) await bench.drop(`${n}.txt`, `text ${n}`);
    await bench.drop("bad.txt", "crasher");
    await finish();
    expect(await bench.results()).toHaveLength(7);
    expect((await bench.read("failed", "bad.txt")).error).toMatchObject({ code: "InternalServerError" });
  });

  it("gives the other half when half the documents of a job are refused", async () => {
    bench.language.script.onDocument = ({ text }) =>
      Number(text) % 2 === 0
        ? { code: "InvalidArgument", message: "even", innererror: { code: "InvalidDocument", message: "even" } }
        : undefined;
    for (let n = 0; n < 10; n++) await bench.drop(`${n}.txt`, String(n));
    await finish();
    expect(await bench.results()).toHaveLength(5);
    expect(await bench.failures()).toHaveLength(5);
  });

  it("sends documents again that failed by no fault of their own, in a job of their own", async () => {
    let first = true;
    bench.language.script.onDocument = ({ text }) =>
      first && text === "unlucky" ? { code: "InternalServerError", message: "oops" } : undefined;
    await bench.drop("a.txt", "lucky");
    await bench.drop("b.txt", "unlucky");
    const again = await bench.run((next) => next.action === "submit" && bench.language.submitted.length === 1);
    first = false;
    await finish(again);
    expect(bench.language.timesSent).toEqual(
      new Map([
        ["lucky", 1],
        ["unlucky", 2],
      ]),
    );
    expect(await bench.results()).toHaveLength(2);
  });

  it("publishes a document of several chunks once all its jobs are over", async () => {
    const long = "word ".repeat(60_000);
    await bench.drop("long.txt", long);
    await bench.drop("short.txt", "short");
    await finish();
    const result = await bench.read("results", "long.txt");
    expect(result.document).toMatchObject({ chunks: 3, characters: long.length });
    expect(result.status).toBe("succeeded");
    expect((result.jobs as unknown[]).length).toBeGreaterThan(1);
    expect(await bench.results()).toHaveLength(2);
    expect(await workBlobs()).toEqual([]);
  });
});

/** Three chunks, unlike those of any other number. */
const longText = (n: number): string => Array.from({ length: 40_000 }, (_, word) => `${n}.${word}`).join(" ");

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
    await finish();
    expect(bench.language.submitted.map(({ documents }) => documents.length)).toEqual([3]);
    expect(await bench.failures()).toEqual([]);
  });

  it("leaves for the next batch what this one has no room for", async () => {
    bench.limits = { ...bench.limits, jobsPerBatch: 1 };
    for (let n = 0; n < 6; n++) await bench.drop(`${n}.txt`, `${n} ${"x".repeat(60_000)}`);
    await finish();
    expect(await bench.results()).toHaveLength(6);
    expect([...bench.language.timesSent.values()]).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it("leaves documents without room to another lane, and claims no more of such the next time", async () => {
    bench.limits = { ...bench.limits, jobsPerBatch: 1 };
    for (let n = 0; n < 6; n++) await bench.drop(`${n}.txt`, longText(n));
    const { memory } = await bench.run((next) => next.action === "submit");
    expect(bench.opened).toEqual([1]);
    expect(memory.room).toBe(2);
    await finish();
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
    await finish();
    if (sibling.action === "collect") await bench.run((next) => next.action === "close", 1, sibling);
    await finish();
    expect([...bench.language.timesSent.values()].every((times) => times === 1)).toBe(true);
    expect(await bench.results()).toHaveLength(6);
  });

  it("reads a batch in ever smaller parts after reading it died twice, and then gives up on the one that kills", async () => {
    await bench.drop("good.txt", "good");
    await bench.drop("killer.txt", "killer");
    const dies = {
      ...bench.containers,
      input: new Proxy(bench.containers.input, {
        get(target, key) {
          if (key !== "getBlobClient") return Reflect.get(target, key, target);
          return (name: string) => {
            const blob = target.getBlobClient(name);
            if (name === "killer.txt") blob.download = () => Promise.reject(new Error("the process dies"));
            return blob;
          };
        },
      }),
    };
    let step = firstStep({ pipeline: "tickets", lane: 0 });
    for (let taken = 0; taken < 100 && (await bench.failures()).length === 0; taken++) {
      const next = await bench.step(step, { containers: dies });
      if (next.afterSeconds >= 1) await new Promise((resolve) => setTimeout(resolve, 200));
      const died = next.status.state === "failing";
      step = died ? firstStep({ pipeline: "tickets", lane: 0 }) : next;
    }
    await finish();
    expect(await bench.results()).toEqual(["tickets/good.txt.json"]);
    expect((await bench.read("failed", "killer.txt")).error).toMatchObject({ code: "DocumentStopsReader" });
  });
});
