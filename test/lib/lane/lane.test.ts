import { beforeEach, describe, expect, it } from "vitest";
import { firstStep } from "../../../src/lib/lane/lane.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

let fixture: LaneFixture;

beforeEach(async () => {
  fixture = await LaneFixture.create();
});

describe("a lane", () => {
  it("turns documents into results, 25 a job, and leaves no work blobs behind", async () => {
    for (let n = 0; n < 60; n++) await fixture.drop(`a/${n}.txt`, `text number ${n}`);
    await fixture.finish();
    expect(await fixture.results()).toHaveLength(60);
    expect(await fixture.failures()).toEqual([]);
    expect(fixture.language.submitted.map(({ documents }) => documents.length).sort()).toEqual([10, 25, 25]);
    expect(await fixture.workBlobs()).toEqual([]);
    const file = await fixture.file();
    expect(file.totals).toMatchObject({ succeeded: 60, failed: 0, jobs: 3, textRecords: 60 });
    expect(file.batch).toBeUndefined();
  });

  it("analyses a document once for three events of one version", async () => {
    await fixture.drop("same.txt", "once", 3);
    await fixture.finish();
    await fixture.announce("same.txt");
    await fixture.finish();
    expect(fixture.language.timesSent.get("once")).toBe(1);
    expect(await fixture.results()).toEqual(["tickets/same.txt.json"]);
  });

  it("keeps a second event out of another lane while the first is analysed", async () => {
    await fixture.drop("same.txt", "once");
    const analysing = await fixture.run((next) => next.action === "collect");
    await fixture.announce("same.txt");
    const sibling = await fixture.step(firstStep({ pipeline: "tickets", lane: 1 }));
    expect(sibling.action).toBe("claim");
    await fixture.finish(analysing);
    expect(fixture.language.timesSent.get("once")).toBe(1);
  });

  it("ends with the newer version when a document is overwritten while it is analysed", async () => {
    await fixture.drop("d.txt", "first");
    const analysing = await fixture.run((next) => next.action === "collect");
    await fixture.drop("d.txt", "second, longer");
    // The other lane sees that the document is in hand, and waits.
    await fixture.run((next) => next.status.state === "waiting", 1);
    await fixture.finish(analysing);
    await fixture.pass(1_100);
    await fixture.finish();
    const { etag } = await fixture.containers.input.getBlobClient("d.txt").getProperties();
    expect((await fixture.read("results", "d.txt")).document).toMatchObject({ etag, characters: 14 });
    expect(fixture.language.timesSent).toEqual(
      new Map([
        ["first", 1],
        ["second, longer", 1],
      ]),
    );
  });

  it("records a document that was deleted before it was read", async () => {
    await fixture.drop("gone.txt", "x");
    await fixture.containers.input.deleteBlob("gone.txt");
    await fixture.finish();
    expect(await fixture.results()).toEqual([]);
    expect((await fixture.read("failed", "gone.txt")).error).toMatchObject({
      code: "DocumentNotFound",
      source: "reader",
    });
  });

  it("removes the failure record when a repaired version succeeds", async () => {
    await fixture.drop("d.txt", "   ");
    await fixture.finish();
    expect(await fixture.failures()).toEqual(["tickets/d.txt.json"]);
    await fixture.drop("d.txt", "now with text");
    await fixture.finish();
    expect(await fixture.failures()).toEqual([]);
    expect(await fixture.results()).toEqual(["tickets/d.txt.json"]);
  });

  it("does not read a failed version again for a late event, but does when it is redriven", async () => {
    fixture.language.script.onDocument = () => ({ code: "InvalidDocument", message: "no" });
    await fixture.drop("d.txt", "refused at first");
    await fixture.finish();
    expect(await fixture.failures()).toEqual(["tickets/d.txt.json"]);
    fixture.language.script = {};
    await fixture.announce("d.txt");
    await fixture.finish();
    expect(fixture.language.submitted).toHaveLength(1);
    await fixture.announce("d.txt", "redrive");
    await fixture.finish();
    expect(await fixture.failures()).toEqual([]);
    expect(await fixture.results()).toEqual(["tickets/d.txt.json"]);
  });

  it("says why a redriven document failed this time", async () => {
    fixture.language.script.onDocument = () => ({ code: "InvalidDocument", message: "no" });
    await fixture.drop("d.txt", "refused by each task");
    await fixture.drop("e.txt", "refused at the door");
    await fixture.finish();
    fixture.language.script = {
      onSubmit: ({ documents }) =>
        documents.some(({ text }) => text.endsWith("door"))
          ? { class: "document", code: "UnsupportedLanguageCode", message: "refused", hint: "-" }
          : undefined,
      onDocument: () => ({ code: "UnsupportedLanguageCode", message: "not this language" }),
    };
    for (const name of ["d.txt", "e.txt"]) await fixture.announce(name, "redrive");
    await fixture.finish();
    for (const name of ["d.txt", "e.txt"]) {
      expect((await fixture.read("failed", name)).error).toMatchObject({ code: "UnsupportedLanguageCode" });
    }
  });
});
