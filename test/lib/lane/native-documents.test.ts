import { strToU8, zipSync } from "fflate";
import { type LanguageService, startLanguageService } from "language-emulator";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import type { AnalysisClient } from "../../../src/lib/language/analysis.ts";
import { createAnalysisClient } from "../../../src/lib/language/analysis-client.ts";
import { LaneFixture } from "../../helpers/lane-fixture.ts";

const LETTER = "Dear John Smith,\nwrite to john.smith@example.com.";
const word = Buffer.from(
  zipSync({ "word/document.xml": strToU8(`<w:document><w:p><w:r><w:t>${LETTER}</w:t></w:r></w:p></w:document>`) }),
);
const pdf = Buffer.from("%PDF-1.4\n4 0 obj\n<< >>\nstream\n(Dear John Smith) Tj\nendstream\n%%EOF");

let language: LanguageService;
let fixture: LaneFixture;
let client: AnalysisClient;

beforeAll(async () => {
  const clock = { now: () => fixture?.now() ?? Date.now() };
  language = await startLanguageService({ clock, storage: inject("storage") });
});
afterAll(() => language.stop());

beforeEach(async () => {
  const apiVersion = "analyze-documents/2026-05-01";
  const tasks = [{ kind: "PiiEntityRecognition" as const, name: "personal", parameters: {} }];
  fixture = await LaneFixture.create({ apiVersion, tasks, language: "en" }, { onAzurite: true });
  await fixture.containers.redacted.createIfNotExists();
  client = createAnalysisClient({
    endpoint: language.url,
    apiVersion,
    credential: { key: language.key },
    timeoutSeconds: 60,
  });
  fixture.client = () => client;
});

async function redacted(): Promise<Record<string, Buffer>> {
  const found: Record<string, Buffer> = {};
  const { redacted: container } = fixture.containers;
  for await (const { name } of container.listBlobsFlat()) {
    found[name] = await container.getBlobClient(name).downloadToBuffer();
  }
  return found;
}

const task = async (name: string) => ((await fixture.read("results", name)).tasks as object[])[0];

describe("a pipeline whose documents the service reads itself", () => {
  it("ends each file in a result of the usual shape, with its redacted copy in a container of its own", async () => {
    await fixture.drop("letter.txt", LETTER);
    await fixture.drop("letter.docx", word);
    await fixture.drop("Brief ü.pdf", pdf);
    await fixture.finish();
    expect(await fixture.failures()).toEqual([]);
    const copies = await redacted();
    expect(Object.keys(copies).toSorted()).toEqual([
      "tickets/Brief ü.pdf.redacted.pdf",
      "tickets/letter.docx.redacted.docx",
      "tickets/letter.txt.redacted.txt",
    ]);
    expect(String(copies["tickets/letter.txt.redacted.txt"])).not.toContain("Smith");
    for (const name of ["letter.txt", "letter.docx", "Brief ü.pdf"]) {
      const suffix = name.slice(name.lastIndexOf(".") + 1);
      expect(await task(name), name).toMatchObject({
        status: "succeeded",
        redactedCopy: `${fixture.containers.redacted.containerName}/tickets/${name}.redacted.${suffix}`,
        entities: expect.arrayContaining([
          expect.objectContaining({ text: "John Smith", category: "Person", type: "Person" }),
        ]),
      });
    }
    expect((await fixture.read("results", "letter.docx")).document).toMatchObject({ bytes: word.length, chunks: 1 });
    expect(await fixture.workBlobs()).toEqual([]);
    expect(language.stats().jobs).toMatchObject({ accepted: 1 });
  });

  it("asks nothing about files that the service does not read, and says so", async () => {
    await fixture.drop("sheet.xlsx", "x");
    await fixture.drop("empty.pdf", "");
    const jobs = language.stats().jobs;
    await fixture.finish();
    const codes = ["sheet.xlsx", "empty.pdf"].map(async (name) => (await fixture.read("failed", name)).error);
    expect(await Promise.all(codes)).toMatchObject([{ code: "UnsupportedFormat" }, { code: "EmptyDocument" }]);
    expect(language.stats().jobs).toEqual(jobs);
  });

  it("keeps a file that the service cannot read from costing its neighbour", async () => {
    await fixture.drop("scan.pdf", "%PDF-1.4 no text in here");
    await fixture.drop("letter.txt", LETTER);
    await fixture.finish();
    expect((await fixture.read("failed", "scan.pdf")).error).toMatchObject({
      code: "ExtractionFailure",
      source: "service",
    });
    expect(await fixture.results()).toEqual(["tickets/letter.txt.json"]);
  });

  it("does not take the findings of another version for those of the version it claimed", async () => {
    await fixture.drop("letter.txt", LETTER);
    const sent = await fixture.run((next) => next.action === "collect");
    await fixture.drop("letter.txt", "Nothing personal.");
    await fixture.finish(sent);
    expect(await fixture.failures()).toEqual([]);
    expect(await task("letter.txt")).toMatchObject({ entities: [] });
    expect(String((await redacted())["tickets/letter.txt.redacted.txt"])).toBe("Nothing personal.");
  });

  it("removes the copy with the result when a newer version fails", async () => {
    await fixture.drop("letter.pdf", pdf);
    await fixture.finish();
    await fixture.drop("letter.pdf", "%PDF-1.4 no text in here");
    await fixture.finish();
    expect(await fixture.results()).toEqual([]);
    expect(await redacted()).toEqual({});
  });

  it("counts findings that are gone as an answer that cannot be read", async () => {
    const own = client;
    client = {
      ...own,
      submit: (request) => own.submit(request),
      async getJob(handle, tasks) {
        const state = await own.getJob(handle, tasks);
        const { work } = fixture.containers;
        for await (const { name } of work.listBlobsFlat()) {
          if (name.endsWith(".result.json")) await work.deleteBlob(name);
        }
        return state;
      },
    };
    await fixture.drop("letter.txt", LETTER);
    await fixture.finish();
    expect((await fixture.read("failed", "letter.txt")).error).toMatchObject({
      code: "UnreadableAnswer",
      message: expect.stringContaining("letter.result.json, letter.txt"),
    });
    expect(await redacted()).toEqual({});
  });
});
