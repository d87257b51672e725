import { describe, expect, it } from "vitest";
import type { Task } from "../../../src/lib/language/analysis.ts";
import { generationFor } from "../../../src/lib/language/analysis-client.ts";
import { jobState } from "../../../src/lib/language/jobs/job-state.ts";

const wire = generationFor("analyze-documents/2026-05-01");
const ENDPOINT = "https://reader.cognitiveservices.azure.com";
const STORAGE = "https://store.blob.core.windows.net";
const source = { kind: "AzureBlob", location: `${STORAGE}/documents/letter.pdf` };
const files = ["letter.result.json", "letter.pdf"].map((name) => ({
  kind: "AzureBlob",
  location: `${STORAGE}/jobs/out/1f/PiiEntityRecognition-0001/${name}`,
}));
const task: Task = { kind: "PiiEntityRecognition", name: "personal", parameters: { piiCategories: ["Person"] } };

/** A job that is done, with what it says of a document. */
const answer = (documents: object[], errors: object[] = []) => ({
  jobId: "c0f2a446-05d9-48fc-ba8f-3ef4af8d0b18",
  createdDateTime: "2026-06-01T15:00:45Z",
  lastUpdatedDateTime: "2026-06-01T15:01:03Z",
  status: "succeeded",
  tasks: {
    completed: 1,
    failed: 0,
    inProgress: 0,
    total: 1,
    items: [
      {
        kind: "PiiEntityRecognitionLROResults",
        taskName: "personal",
        status: "succeeded",
        results: { documents, errors, modelVersion: "2026-01-01" },
      },
    ],
  },
});

const read = (documents: object[], errors?: object[]) =>
  jobState([wire.readPage(answer(documents, errors))], [task], { requests: 1, seenAt: "2026-06-01T15:01:05Z" })
    .tasks[0];

describe("the wire of native documents", () => {
  it("posts jobs, and finds them, under the date of the version", () => {
    expect(wire.submitUrl(ENDPOINT).href).toBe(`${ENDPOINT}/language/analyze-documents/jobs?api-version=2026-05-01`);
    expect(generationFor("analyze-documents/2026-05-15-preview").jobUrl(ENDPOINT, "a/b").href).toBe(
      `${ENDPOINT}/language/analyze-documents/jobs/a%2Fb?api-version=2026-05-15-preview&top=40`,
    );
  });

  it("names the blob to read and the folder to write into, and sends no text", () => {
    const native = { source: source.location, target: `${STORAGE}/jobs/out` };
    const body = wire.body({
      displayName: "batch 1",
      documents: [{ id: "0-0", text: "", language: "en", native }],
      tasks: [task],
    });
    expect(JSON.parse(JSON.stringify(body))).toEqual({
      displayName: "batch 1",
      analysisInput: {
        documents: [
          {
            id: "0-0",
            language: "en",
            source,
            target: { kind: "AzureContainerFolder", location: `${STORAGE}/jobs/out` },
          },
        ],
      },
      tasks: [{ kind: "PiiEntityRecognition", taskName: "personal", parameters: { piiCategories: ["Person"] } }],
    });
  });

  it.each(["target", "targets"])("reads where the files are, whether they are called %s", (spelling) => {
    const read1 = read([{ id: "0-0", source, [spelling]: files, warnings: [] }]);
    expect(read1?.status).toBe("succeeded");
    expect(read1?.documents.get("0-0")).toEqual({ content: { source, target: files }, warnings: [] });
  });

  it("counts an answer that names no file as one that cannot be read, and keeps it", () => {
    const read1 = read([{ id: "0-0", source, target: [], warnings: [] }]);
    expect(read1?.errors.get("0-0")).toMatchObject({ code: "UnreadableAnswer", answer: { source } });
  });

  it("keeps what the service says against a document", () => {
    const error = { code: "InvalidRequest", message: "no", innererror: { code: "ExtractionFailure", message: "scan" } };
    expect(read([], [{ id: "0-0", error }])?.errors.get("0-0")).toMatchObject(error);
  });
});
