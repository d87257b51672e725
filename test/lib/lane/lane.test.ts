import { beforeEach, describe, expect, it } from "vitest";
import { firstStep } from "../../../src/lib/lane/lane.ts";
import { readLaneFile } from "../../../src/lib/lane/store/lane-file.ts";
import { LaneBench } from "../../helpers/lane-bench.ts";

let bench: LaneBench;

beforeEach(async () => {
  bench = await LaneBench.create();
});

describe("a lane", () => {
  it("turns documents into results, 25 a job, and leaves no work blobs behind", async () => {
    for (let n = 0; n < 60; n++) await bench.drop(`a/${n}.txt`, `text number ${n}`);
    await bench.finish();
    expect(await bench.results()).toHaveLength(60);
    expect(await bench.failures()).toEqual([]);
    expect(bench.language.submitted.map(({ documents }) => documents.length).sort()).toEqual([10, 25, 25]);
    expect(await bench.workBlobs()).toEqual([]);
    const { file } = await readLaneFile(bench.containers.work, { pipeline: "tickets", lane: 0 });
    expect(file.totals).toMatchObject({ succeeded: 60, failed: 0, jobs: 3, textRecords: 60 });
    expect(file.manifest).toBeUndefined();
  });

  it("analyses a document once for three events of one version", async () => {
    await bench.drop("same.txt", "once", 3);
    await bench.finish();
    await bench.announce("same.txt");
    await bench.finish();
    expect(bench.language.timesSent.get("once")).toBe(1);
    expect(await bench.results()).toEqual(["tickets/same.txt.json"]);
  });

  it("keeps a second event out of another lane while the first is analysed", async () => {
    await bench.drop("same.txt", "once");
    const analysing = await bench.run((next) => next.action === "collect");
    await bench.announce("same.txt");
    const sibling = await bench.step(firstStep({ pipeline: "tickets", lane: 1 }));
    expect(sibling.action).toBe("claim");
    await bench.finish(analysing);
    expect(bench.language.timesSent.get("once")).toBe(1);
  });

  it("ends with the newer version when a document is overwritten while it is analysed", async () => {
    await bench.drop("d.txt", "first");
    const analysing = await bench.run((next) => next.action === "collect");
    await bench.drop("d.txt", "second, longer");
    await bench.run((next) => next.action === "close", 1);
    await bench.finish(analysing);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await bench.finish();
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
    await bench.finish();
    expect(await bench.results()).toEqual([]);
    expect((await bench.read("failed", "gone.txt")).error).toMatchObject({
      code: "DocumentNotFound",
      source: "reader",
    });
  });

  it("removes the failure record when a repaired version succeeds", async () => {
    await bench.drop("d.txt", "   ");
    await bench.finish();
    expect(await bench.failures()).toEqual(["tickets/d.txt.json"]);
    await bench.drop("d.txt", "now with text");
    await bench.finish();
    expect(await bench.failures()).toEqual([]);
    expect(await bench.results()).toEqual(["tickets/d.txt.json"]);
  });

  it("does not read a failed version again for a late event, but does when it is redriven", async () => {
    bench.language.script.onDocument = () => ({ code: "InvalidDocument", message: "no" });
    await bench.drop("d.txt", "refused at first");
    await bench.finish();
    expect(await bench.failures()).toEqual(["tickets/d.txt.json"]);
    bench.language.script = {};
    await bench.announce("d.txt");
    await bench.finish();
    expect(bench.language.submitted).toHaveLength(1);
    await bench.announce("d.txt", "redrive");
    await bench.finish();
    expect(await bench.failures()).toEqual([]);
    expect(await bench.results()).toEqual(["tickets/d.txt.json"]);
  });

  it("says why a redriven document failed this time", async () => {
    bench.language.script.onDocument = () => ({ code: "InvalidDocument", message: "no" });
    await bench.drop("d.txt", "refused by each task");
    await bench.drop("e.txt", "refused at the door");
    await bench.finish();
    bench.language.script = {
      onSubmit: ({ documents }) =>
        documents.some(({ text }) => text.endsWith("door"))
          ? { class: "document", code: "UnsupportedLanguageCode", message: "refused", hint: "-" }
          : undefined,
      onDocument: () => ({ code: "UnsupportedLanguageCode", message: "not this language" }),
    };
    for (const name of ["d.txt", "e.txt"]) await bench.announce(name, "redrive");
    await bench.finish();
    for (const name of ["d.txt", "e.txt"]) {
      expect((await bench.read("failed", name)).error).toMatchObject({ code: "UnsupportedLanguageCode" });
    }
  });
});
