import { beforeEach, describe, expect, it } from "vitest";
import { recordAnswerSchema, textAnswerSchema } from "../../../src/lib/api/document-schemas.ts";
import { RequestRefused } from "../../../src/lib/api/route.ts";
import { recordName } from "../../../src/lib/documents/document.ts";
import { readStoredRecord, readTextPart } from "../../../src/lib/status/stored-document.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

let fixture: LaneFixture;
beforeEach(async () => {
  fixture = await LaneFixture.create({ match: "tickets/**" });
});

const record = (path: string, pipeline = "tickets") => readStoredRecord(fixture.statusContext(), pipeline, path);
const part = (path: string, from = 0, length = 20_000, pipeline = "tickets") =>
  readTextPart({ ...fixture.statusContext(), settings: { maxDocumentMegabytes: 1 } }, path, { pipeline, from, length });
const refused = async (asked: Promise<unknown>): Promise<unknown> =>
  await asked.then(
    () => "answered",
    (error: unknown) => (error instanceof RequestRefused ? [error.status, error.refusal.code] : error),
  );

describe("a stored record", () => {
  it("is given as it is stored, whether a result or a failure record, also under a name with odd characters", async () => {
    fixture.language.script.onDocument = ({ text }) =>
      text === "bad" ? { code: "InvalidDocument", message: "no" } : undefined;
    await fixture.drop("tickets/a b#%2F.txt", "good");
    await fixture.drop("tickets/b.txt", "bad");
    await fixture.finish();
    const good = recordAnswerSchema.parse(await record("tickets/a b#%2F.txt"));
    expect(good).toMatchObject({ status: "succeeded", document: { name: "tickets/a b#%2F.txt" } });
    expect(await record("tickets%2Fb.txt")).toMatchObject({ status: "failed", error: { code: "InvalidDocument" } });
  });

  it("that is not there, or lies outside its pipeline, is refused in words", async () => {
    expect(await refused(record("tickets/none.txt"))).toEqual([404, "UnknownRecord"]);
    expect(await refused(record("a.txt", "../failed/tickets"))).toEqual([404, "UnknownRecord"]);
    expect(await refused(record("tickets/../a.txt"))).toEqual([400, "InvalidName"]);
  });
});

describe("a part of a document's text", () => {
  it("is cut where offsets of UTF-16 code units say, and never inside a character", async () => {
    await fixture.drop("tickets/a.txt", "ab🙂cd");
    const read = async (from: number, length: number) =>
      textAnswerSchema.parse(await part("tickets/a.txt", from, length));
    expect(await read(0, 2)).toMatchObject({ from: 0, text: "ab", characters: 6, encoding: { name: "utf-8" } });
    expect(await read(0, 3)).toMatchObject({ from: 0, text: "ab🙂" });
    expect(await read(3, 2)).toMatchObject({ from: 2, text: "🙂c" });
    expect(await read(6, 10)).toMatchObject({ text: "" });
  });

  it("is decoded as the app decodes it: in the encoding of its bytes", async () => {
    await fixture.drop("tickets/u.txt", Buffer.from("\ufeffGrüße", "utf16le"));
    expect(await part("tickets/u.txt")).toMatchObject({ text: "Grüße", encoding: { name: "utf-16le" } });
  });

  it("is what was kept beside the result where the document is no plain text, so that offsets fit", async () => {
    await fixture.drop("tickets/page.html", "<p>Dr. <b>Jane</b> Doe</p>");
    await fixture.finish();
    const { document } = recordAnswerSchema.parse(await record("tickets/page.html"));
    expect(document.textFile).toBe(
      `${fixture.containers.results.containerName}/${recordName("tickets", "tickets/page.html", "txt")}`,
    );
    expect(await part("tickets/page.html")).toMatchObject({ etag: document.etag, text: "Dr. Jane Doe" });
  });

  it("is refused with the words of its failure record where there is none", async () => {
    await fixture.drop("tickets/empty.txt", "");
    expect(await refused(part("tickets/empty.txt"))).toEqual([422, "EmptyDocument"]);
    expect(await refused(part("tickets/none.txt"))).toEqual([404, "UnknownDocument"]);
    await fixture.drop("tickets/large.txt", "x".repeat(1024 * 1024 + 1));
    expect(await refused(part("tickets/large.txt"))).toEqual([422, "DocumentTooLarge"]);
  });
});
