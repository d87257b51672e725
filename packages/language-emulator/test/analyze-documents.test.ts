import { deflateSync } from "node:zlib";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { EmulatorFixture, type Loose } from "./emulator-fixture.ts";

const VERSION = "2026-05-01";
const LETTER = "Dear John Smith,\nwrite to john.smith@example.com.";

const word = (text: string) =>
  Buffer.from(
    zipSync({
      "word/document.xml": strToU8(
        `<w:document><w:body>${text
          .split("\n")
          .map((line) => `<w:p><w:r><w:t xml:space="preserve">${line}</w:t></w:r></w:p>`)
          .join("")}</w:body></w:document>`,
      ),
    }),
  );

function pdf(text: string): Buffer {
  const shown = deflateSync(
    Buffer.from(
      text
        .split("\n")
        .map((line) => `(${line}) Tj`)
        .join("\n"),
    ),
  );
  return Buffer.concat([Buffer.from("%PDF-1.4\n4 0 obj\n<< >>\nstream\n"), shown, Buffer.from("\nendstream\n%%EOF")]);
}

let fixture: EmulatorFixture;
let input: ContainerClient;
let output: ContainerClient;

beforeAll(async () => {
  const storage = inject("storage");
  const service = BlobServiceClient.fromConnectionString(storage);
  input = service.getContainerClient(`native-in-${Date.now()}`);
  output = service.getContainerClient(`native-out-${Date.now()}`);
  await Promise.all([input.create(), output.create()]);
  fixture = await EmulatorFixture.start({ storage });
});
afterAll(() => fixture[Symbol.asyncDispose]());

const source = (name: string) => ({ kind: "AzureBlob", location: input.getBlobClient(name).url });
const request = (documents: object[], parameters: object = {}) => ({
  analysisInput: {
    documents: documents.map((document) => ({
      target: { kind: "AzureContainerFolder", location: `${output.url}/results` },
      language: "en",
      ...document,
    })),
  },
  tasks: [{ kind: "PiiEntityRecognition", taskName: "personal", parameters }],
});

async function run(body: object): Promise<Loose> {
  const posted = await fixture.call("POST", `/language/analyze-documents/jobs?api-version=${VERSION}`, body);
  expect(posted.status, JSON.stringify(posted.body)).toBe(202);
  fixture.clock.advance(60);
  const { body: state } = await fixture.call("GET", posted.headers.get("operation-location") ?? "");
  return state;
}

async function read(location: unknown): Promise<Buffer> {
  const name = decodeURIComponent(new URL(String(location)).pathname).split(`${output.containerName}/`)[1] ?? "";
  return await output.getBlobClient(name).downloadToBuffer();
}

describe("native documents", () => {
  it.each([
    ["letter.txt", Buffer.from(LETTER), (copy: Buffer) => copy.toString()],
    [
      "letter.docx",
      word(LETTER),
      (copy: Buffer) => strFromU8(unzipSync(copy)["word/document.xml"] ?? new Uint8Array()),
    ],
    ["Brief ü.pdf", pdf(LETTER), (copy: Buffer) => copy.toString("latin1")],
  ])("of %s become findings and a redacted copy, in files that the answer names", async (name, content, textIn) => {
    await input.getBlockBlobClient(name).uploadData(content);
    const state = await run(request([{ id: "1", source: source(name) }]));
    expect(state.status).toBe("succeeded");
    const document = state.tasks?.items?.[0]?.results?.documents?.[0];
    expect(document).toMatchObject({ id: "1", source: source(name), warnings: [] });
    const [findings, copy] = await Promise.all([0, 1].map((file) => read(document?.target?.[file]?.location)));
    expect(JSON.parse(String(findings)).entities).toMatchObject([
      { text: "John Smith", type: "Person" },
      { text: "john.smith@example.com", type: "Email" },
    ]);
    const text = textIn(copy ?? Buffer.alloc(0));
    expect(text).toContain("Dear **********");
    expect(text).not.toContain("Smith");
    expect(text).not.toContain("example.com");
  });

  it("are refused one by one where they cannot be reached or read, and the others are answered", async () => {
    await input.getBlockBlobClient("good.txt").uploadData(Buffer.from(LETTER));
    await input.getBlockBlobClient("sheet.xlsx").uploadData(Buffer.from("x"));
    await input.getBlockBlobClient("scan.pdf").uploadData(Buffer.from("%PDF-1.4 no text"));
    const nowhere = { kind: "AzureContainerFolder", location: `${output.url}-none/results` };
    const state = await run(
      request([
        { id: "good", source: source("good.txt") },
        { id: "gone", source: source("gone.txt") },
        { id: "sheet", source: source("sheet.xlsx") },
        { id: "scan", source: source("scan.pdf") },
        { id: "lost", source: source("good.txt"), target: nowhere },
        { id: "foreign", source: { kind: "AzureBlob", location: "https://other.blob.core.windows.net/a/b.txt" } },
      ]),
    );
    const results = state.tasks?.items?.[0]?.results;
    expect(results?.documents?.map(({ id }) => id)).toEqual(["good"]);
    expect(results?.errors?.map(({ id, error }) => [id, error?.innererror?.code])).toEqual([
      ["gone", "InvalidDocument"],
      ["sheet", "InvalidDocument"],
      ["scan", "ExtractionFailure"],
      ["lost", "InvalidDocument"],
      ["foreign", "InvalidDocument"],
    ]);
  });

  it("come to 40 at the most, in versions of their own, with tasks for personal data only", async () => {
    const post = (body: object, version = VERSION) =>
      fixture.call("POST", `/language/analyze-documents/jobs?api-version=${version}`, body);
    const documents = Array.from({ length: 41 }, (_, id) => ({ id: String(id), source: source("good.txt") }));
    expect((await post(request(documents))).body.error?.innererror?.code).toBe("InvalidDocumentBatch");
    expect((await post(request(documents.slice(0, 1)), "2025-11-01")).status).toBe(404);
    const summary = { ...request(documents.slice(0, 1)), tasks: [{ kind: "ExtractiveSummarization" }] };
    expect((await post(summary)).status).toBe(400);
  });
});
