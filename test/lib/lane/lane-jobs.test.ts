import { beforeEach, describe, expect, it } from "vitest";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

let fixture: LaneFixture;

beforeEach(async () => {
  fixture = await LaneFixture.create();
});

describe("a lane and jobs that go wrong", () => {
  it("sends a lost job again", async () => {
    let lost = true;
    fixture.language.script.onPoll = () => {
      if (!lost) return undefined;
      lost = false;
      return { class: "transient", code: "JobNotFound", message: "gone", hint: "-" };
    };
    await fixture.drop("d.txt", "x");
    await fixture.finish();
    expect(fixture.language.timesSent.get("x")).toBe(2);
    expect(await fixture.results()).toHaveLength(1);
  });

  it("keeps its documents however often jobs end throttled", async () => {
    let times = 0;
    fixture.language.script = {
      onPoll: () => (++times > 8 ? "succeeded" : "failed"),
      jobError: { code: "TooManyRequests", message: "slow down" },
    };
    await fixture.drop("a.txt", "x");
    const held = await fixture.run((next) => next.status.state === "throttled");
    await fixture.finish(held);
    expect(await fixture.failures()).toEqual([]);
    expect(await fixture.results()).toHaveLength(1);
  });

  it("is blocked when its tasks fail for different settings", async () => {
    const tasks = ["one", "two"].map((name) => ({
      kind: "CustomSingleLabelClassification" as const,
      name,
      parameters: { projectName: name, deploymentName: "production" },
    }));
    fixture = await LaneFixture.create({ tasks });
    fixture.language.script.onDocument = (_, { name }) => ({
      code: name === "one" ? "ProjectNotFound" : "DeploymentNotFound",
      message: "not there",
    });
    await fixture.drop("a.txt", "x");
    const held = await fixture.run((next) => next.status.state === "blocked");
    expect(await fixture.failures()).toEqual([]);
    fixture.language.script = {};
    await fixture.finish(held);
    expect(await fixture.results()).toHaveLength(1);
  });

  it("sends a job again that has outlived its results where it cannot be asked about any more", async () => {
    let gone = true;
    fixture.language.script.onPoll = () =>
      gone ? { class: "blocked", code: "EndpointUnreachable", message: "no such host", hint: "-" } : undefined;
    await fixture.drop("d.txt", "x");
    const held = await fixture.run((next) => next.status.state === "blocked");
    fixture.skippedMs += 26 * 60 * 60_000;
    const again = await fixture.step(held);
    expect(again.action).toBe("submit");
    gone = false;
    await fixture.finish(again);
    expect(await fixture.results()).toHaveLength(1);
    expect(fixture.language.timesSent.get("x")).toBe(2);
  });

  it("stops after a set number of lost jobs, and blames only the document that is in all of them", async () => {
    fixture.language.script = {
      onPoll: ({ documents }) => (documents.some(({ text }) => text === "crasher") ? "failed" : "succeeded"),
      jobError: { code: "InternalServerError", message: "failed inside" },
    };
    for (let n = 0; n < 7; n++) await fixture.drop(`${n}.txt`, `text ${n}`);
    await fixture.drop("bad.txt", "crasher");
    await fixture.finish();
    expect(await fixture.results()).toHaveLength(7);
    expect((await fixture.read("failed", "bad.txt")).error).toMatchObject({ code: "InternalServerError" });
  });

  it("gives the other half when half the documents of a job are refused", async () => {
    fixture.language.script.onDocument = ({ text }) =>
      Number(text) % 2 === 0
        ? { code: "InvalidArgument", message: "even", innererror: { code: "InvalidDocument", message: "even" } }
        : undefined;
    for (let n = 0; n < 10; n++) await fixture.drop(`${n}.txt`, String(n));
    await fixture.finish();
    expect(await fixture.results()).toHaveLength(5);
    expect(await fixture.failures()).toHaveLength(5);
  });

  it("sends documents again that failed by no fault of their own, in a job of their own", async () => {
    let first = true;
    fixture.language.script.onDocument = ({ text }) =>
      first && text === "unlucky" ? { code: "InternalServerError", message: "oops" } : undefined;
    await fixture.drop("a.txt", "lucky");
    await fixture.drop("b.txt", "unlucky");
    const again = await fixture.run((next) => next.action === "submit" && fixture.language.submitted.length === 1);
    first = false;
    await fixture.finish(again);
    expect(fixture.language.timesSent).toEqual(
      new Map([
        ["lucky", 1],
        ["unlucky", 2],
      ]),
    );
    expect(await fixture.results()).toHaveLength(2);
  });

  it("publishes a document of several chunks once all its jobs are over", async () => {
    const long = "word ".repeat(60_000);
    await fixture.drop("long.txt", long);
    await fixture.drop("short.txt", "short");
    await fixture.finish();
    const result = await fixture.read("results", "long.txt");
    expect(result.document).toMatchObject({ chunks: 3, characters: long.length });
    expect(result.status).toBe("succeeded");
    expect((result.jobs as unknown[]).length).toBeGreaterThan(1);
    expect(await fixture.results()).toHaveLength(2);
    expect(await fixture.workBlobs()).toEqual([]);
  });
});
