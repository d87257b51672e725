import { recordName } from "../../../src/lib/documents/document.ts";
import { buildRecord } from "../../../src/lib/results/build-record.ts";
import { buildFailure, type FailureFile, type ResultFile } from "../../../src/lib/results/record.ts";
import type { FakeStorage } from "./fake-containers.ts";

/** The document that the sample records are about, and the name of its record. */
export const NAME = "letters/a.txt";
export const BLOB = recordName("letters", NAME);

/** The records there are, of both kinds. */
export function standing(storage: FakeStorage): string[] {
  return [...storage.results.blobs.values(), ...storage.failed.blobs.values()].map(({ text }) => text);
}

export function rank({ document, status }: ResultFile | FailureFile): number {
  return Date.parse(document.lastModified ?? "") * 10 + (status === "failed" ? 0 : 1);
}

export function label({ document, status }: ResultFile | FailureFile): string {
  return `${status === "failed" ? "failure" : "result"} ${document.etag}`;
}

export function result(version: number, options: { sameSecond?: string } = {}): ResultFile {
  const record = buildRecord({
    pipeline: "letters",
    document: document(version, options),
    attempts: 1,
    tasks: [{ kind: "KeyPhraseExtraction", name: "phrases", parameters: {} }],
    chunks: [
      {
        offset: 0,
        length: 4,
        text: "text",
        answers: [
          {
            task: "phrases",
            status: "succeeded",
            about: {},
            answer: { content: { keyPhrases: ["text"] }, warnings: [] },
          },
        ],
      },
    ],
    jobs: [],
  });
  if (record.status === "failed") throw new Error("Expected a result");
  return record;
}

export function failure(version: number, options: { sameSecond?: string } = {}): FailureFile {
  return buildFailure({ ...failureInput(version), document: document(version, options) });
}

export function failureInput(version: number) {
  return {
    pipeline: "letters",
    document: document(version, {}),
    error: { code: "NotText", message: "no text", hint: "convert it", source: "reader" as const },
    attempts: 1,
    failedAt: "2026-01-02T00:00:00Z",
  };
}

export function document(version: number, { sameSecond }: { sameSecond?: string }) {
  return {
    container: "documents",
    name: NAME,
    etag: `"${sameSecond ?? `v${version}`}"`,
    lastModified: new Date(Date.UTC(2026, 0, 1, 0, 0, version)).toISOString(),
  };
}
