import { describe, expect, it } from "vitest";
import type { JobRequest, Task, TaskKind } from "../../../src/lib/language/analysis.ts";
import { generationFor } from "../../../src/lib/language/analysis-client.ts";
import { chunkLimits, jobLimits, textRecords } from "../../../src/lib/language/limits.ts";

const apiVersion = "2023-04-01";

function tasks(...kinds: TaskKind[]): Task[] {
  return kinds.map((kind) => ({ kind, name: kind, parameters: {} }));
}

describe("jobLimits", () => {
  it.each<[TaskKind[], number]>([
    [["CustomSingleLabelClassification"], 25],
    [["Healthcare", "KeyPhraseExtraction"], 25],
    [["CustomHealthcare"], 20],
    [["KeyPhraseExtraction", "CustomHealthcare", "Healthcare"], 20],
  ])("%j: %i documents", (kinds, documents) => {
    expect(jobLimits({ apiVersion, tasks: tasks(...kinds) })).toMatchObject({ documents, textElements: 125_000 });
  });

  it.each(["2023-04-01", "v3.2-preview.2"])("leaves room for all that is around the texts in %s", (apiVersion) => {
    const many = tasks("CustomEntityRecognition", "SentimentAnalysis", "EntityLinking", "PiiEntityRecognition");
    const limits = jobLimits({ apiVersion, tasks: many });
    const text = "a".repeat(Math.floor(limits.bodyBytes / limits.documents) - 2);
    const request: JobRequest = {
      displayName: "x".repeat(300),
      documents: Array.from({ length: limits.documents }, (_, index) => ({
        id: `document-${index}`,
        text,
        language: "zh-hans",
      })),
      tasks: many,
    };
    const bytes = Buffer.byteLength(JSON.stringify(generationFor(apiVersion).body(request)));
    expect(bytes).toBeLessThanOrEqual(1_000_000);
    expect(bytes).toBeGreaterThan(980_000);
  });
});

it("A job of native documents holds 40 of them, and 10 MB, whatever text is in them", () => {
  const native = { apiVersion: "analyze-documents/2026-05-01", tasks: tasks("PiiEntityRecognition") };
  expect(jobLimits(native)).toMatchObject({ documents: 40, bodyBytes: 10_000_000 });
});

describe("chunkLimits", () => {
  it("lets one chunk fill a job", () => {
    const pipeline = { apiVersion, tasks: tasks("KeyPhraseExtraction") };
    const { textElements, bodyBytes } = jobLimits(pipeline);
    expect(chunkLimits(pipeline)).toEqual({ textElements, bodyBytes, overlap: 0 });
  });

  it.each<[TaskKind, boolean]>([
    ["CustomEntityRecognition", true],
    ["Healthcare", true],
    ["EntityLinking", true],
    ["CustomSingleLabelClassification", false],
    ["SentimentAnalysis", false],
  ])("overlaps where a task finds places: %s %s", (kind, overlaps) => {
    expect(chunkLimits({ apiVersion, tasks: tasks("KeyPhraseExtraction", kind) }).overlap > 0).toBe(overlaps);
  });
});

describe("textRecords", () => {
  it.each([
    [0, 1],
    [1, 1],
    [1000, 1],
    [1001, 2],
    [125_000, 125],
  ])("%i text elements: %i", (elements, records) => {
    expect(textRecords(elements)).toBe(records);
  });
});
