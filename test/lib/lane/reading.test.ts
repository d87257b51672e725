import { expect, it } from "vitest";
import { LaneFixture } from "../../helpers/lane-fixture.ts";
import { encodeLegacy, LEGACY_TEXTS } from "../documents/legacy-texts.ts";

const RUSSIAN = LEGACY_TEXTS.find(({ language }) => language === "Russian")?.text ?? "";

it("every record says which encoding a document was read in, and how that was known", async () => {
  const fixture = await LaneFixture.create();
  await fixture.drop("plain.txt", "plain");
  await fixture.drop("old.txt", encodeLegacy(RUSSIAN, "koi8-r"));
  await fixture.drop(
    "feed.xml",
    encodeLegacy(`<?xml version="1.0" encoding="windows-1251"?><a>Да</a>`, "windows-1251"),
  );
  await fixture.finish();
  expect((await fixture.read("results", "plain.txt")).document).toMatchObject({
    encoding: { name: "utf-8", source: "utf8" },
  });
  expect((await fixture.read("results", "old.txt")).document).toMatchObject({
    encoding: { name: "koi8-r", source: "content" },
    characters: RUSSIAN.length,
  });
  expect((await fixture.read("results", "feed.xml")).document).toMatchObject({
    encoding: { name: "windows-1251", source: "declaration" },
  });
});

it("a pipeline's encoding is obeyed, but for UTF-8 that no other encoding happens to be", async () => {
  const fixture = await LaneFixture.create();
  Object.assign(fixture.pipeline, { encoding: "ibm866" });
  await fixture.drop("short.txt", encodeLegacy("Да", "ibm866"));
  await fixture.drop("utf-8.txt", RUSSIAN);
  await fixture.finish();
  expect((await fixture.read("results", "short.txt")).document).toMatchObject({
    encoding: { name: "ibm866", source: "pipeline" },
    characters: 2,
  });
  expect((await fixture.read("results", "utf-8.txt")).document).toMatchObject({ encoding: { source: "utf8" } });
});

it("a document in doubt has its candidates in its failure record, and no word of it is logged", async () => {
  const fixture = await LaneFixture.create();
  await fixture.drop("short.txt", encodeLegacy("Да, конечно", "windows-1251"));
  await fixture.finish();
  const { error } = await fixture.read("failed", "short.txt");
  expect(error).toMatchObject({ code: "UnknownEncoding", source: "reader" });
  const { candidates } = error as { candidates: { encoding: string; line: string }[] };
  expect(candidates).toContainEqual({ encoding: "windows-1251", line: "Да, конечно" });
  const logged = JSON.stringify(fixture.events);
  expect(logged).toContain("UnknownEncoding");
  for (const { line } of candidates) expect(logged).not.toContain(line);
});

it("a document that would cost more than the limit is refused by the setting's name, and sends nothing", async () => {
  const fixture = await LaneFixture.create();
  fixture.limits = { ...fixture.limits, maxTextRecordsPerDocument: 3 };
  await fixture.drop("dear.txt", "x".repeat(3_001));
  await fixture.drop("just.txt", "x".repeat(3_000));
  await fixture.finish();
  expect(await fixture.results()).toEqual(["tickets/just.txt.json"]);
  expect((await fixture.read("failed", "dear.txt")).error).toMatchObject({
    code: "TooManyTextRecords",
    message: "The document would be billed as 4 text records; at most 3 are sent for one document",
    hint: expect.stringMatching(/maxTextRecordsPerDocument.*MAX_TEXT_RECORDS_PER_DOCUMENT/),
  });
  Object.assign(fixture.pipeline, { maxTextRecordsPerDocument: 4 });
  await fixture.drop("dearer.txt", "x".repeat(3_001));
  await fixture.finish();
  expect(await fixture.results()).toContain("tickets/dearer.txt.json");
});
