import { beforeEach, describe, expect, it } from "vitest";
import { LaneBench } from "../../helpers/lane-bench.ts";

let bench: LaneBench;

beforeEach(async () => {
  bench = await LaneBench.create();
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
    await bench.finish();
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
    await bench.finish(held);
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
    await bench.finish(held);
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
    await bench.finish(again);
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
    await bench.finish();
    expect(await bench.results()).toHaveLength(7);
    expect((await bench.read("failed", "bad.txt")).error).toMatchObject({ code: "InternalServerError" });
  });

  it("gives the other half when half the documents of a job are refused", async () => {
    bench.language.script.onDocument = ({ text }) =>
      Number(text) % 2 === 0
        ? { code: "InvalidArgument", message: "even", innererror: { code: "InvalidDocument", message: "even" } }
        : undefined;
    for (let n = 0; n < 10; n++) await bench.drop(`${n}.txt`, String(n));
    await bench.finish();
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
    await bench.finish(again);
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
    await bench.finish();
    const result = await bench.read("results", "long.txt");
    expect(result.document).toMatchObject({ chunks: 3, characters: long.length });
    expect(result.status).toBe("succeeded");
    expect((result.jobs as unknown[]).length).toBeGreaterThan(1);
    expect(await bench.results()).toHaveLength(2);
    expect(await bench.workBlobs()).toEqual([]);
  });
});
