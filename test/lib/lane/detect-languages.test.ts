import { beforeEach, describe, expect, it } from "vitest";
import { beforeCall } from "../../helpers/before-call.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

let fixture: LaneFixture;

beforeEach(async () => {
  fixture = await LaneFixture.create({ language: "detect" });
});

/** The languages that texts were sent in, by the text. */
const sentIn = () =>
  Object.fromEntries(
    fixture.language.submitted.flatMap(({ documents }) => documents.map(({ text, language }) => [text, language])),
  );

describe("a pipeline that has the languages of its documents found out", () => {
  it("asks once for all documents of a job, sends each in its own, and keeps it in the record", async () => {
    await fixture.drop("a.txt", "(de) Guten Tag");
    await fixture.drop("b.txt", "(fr) Bonjour");
    await fixture.finish();
    expect(fixture.language.detected).toHaveLength(2);
    expect(sentIn()).toEqual({ "(de) Guten Tag": "de", "(fr) Bonjour": "fr" });
    const record = await fixture.read("results", "a.txt");
    expect(record.document).toMatchObject({ language: "de", detectedLanguage: { name: "de", confidenceScore: 0.9 } });
    expect(record.usage).toEqual({ textRecords: 2, languageDetection: 1 });
    expect((await fixture.file()).totals).toMatchObject({ jobs: 1, requests: 3, textRecords: 4 });
  });

  it("fails a document whose language is not found, at no cost, and sends the others", async () => {
    await fixture.drop("a.txt", "(de) Guten Tag");
    await fixture.drop("b.txt", "1234");
    await fixture.finish();
    expect(sentIn()).toEqual({ "(de) Guten Tag": "de" });
    expect(await fixture.results()).toEqual(["tickets/a.txt.json"]);
    expect((await fixture.read("failed", "b.txt")).error).toMatchObject({
      code: "LanguageNotDetected",
      hint: expect.stringContaining("defaultLanguage"),
    });
  });

  it("waits while the service does not say, and blames no document", async () => {
    fixture.language.script.onDetect = () => ({ class: "throttled", code: "429", message: "slow", hint: "-" });
    await fixture.drop("a.txt", "(de) Guten Tag");
    const step = await fixture.run((next) => next.status.state === "throttled");
    expect(fixture.language.submitted).toEqual([]);
    fixture.language.script = {};
    await fixture.finish(step);
    expect(sentIn()).toEqual({ "(de) Guten Tag": "de" });
  });

  it("does not ask again in a slow run of the lane, once another has ended the batch", async () => {
    await fixture.drop("a.txt", "(de) Guten Tag");
    const step = await fixture.run((next) => next.action === "submit");
    const work = beforeCall(fixture.containers.work, { blob: "/progress.json", method: "download" }, async () => {
      await fixture.endLeases();
      await fixture.finish(step);
    });
    await fixture.step(step, { containers: { ...fixture.containers, work } });
    expect(fixture.language.detected).toEqual(["(de) Guten Tag"]);
    expect(await fixture.workBlobs()).toEqual([]);
  });

  it("does not ask again when a job is sent again", async () => {
    let polls = 0;
    fixture.language.script.onPoll = () => (++polls === 1 ? "failed" : "succeeded");
    fixture.language.script.jobError = { code: "InternalServerError", message: "no" };
    await fixture.drop("a.txt", "(de) Guten Tag");
    await fixture.finish();
    expect(fixture.language.detected).toEqual(["(de) Guten Tag"]);
    expect(await fixture.results()).toEqual(["tickets/a.txt.json"]);
  });
});

it("A pipeline with a default language sends the documents whose own is not found in that", async () => {
  fixture = await LaneFixture.create({ language: "detect", defaultLanguage: "es" });
  await fixture.drop("b.txt", "1234");
  await fixture.finish();
  expect(sentIn()).toEqual({ "1234": "es" });
  expect((await fixture.read("results", "b.txt")).usage).toEqual({ textRecords: 1 });
});
