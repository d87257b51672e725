import { describe, expect, it } from "vitest";
import type { TaskKind } from "../../../../src/lib/language/analysis.ts";
import { classifyServiceError } from "../../../../src/lib/language/errors/classify.ts";
import { isAnswer, readDocument } from "../../../../src/lib/language/jobs/document-answer.ts";

const SPAN = { text: "Anna", offset: 0, length: 4 };

describe("readDocument", () => {
  const classes = [{ category: "billing", confidenceScore: 0.93 }];
  it.each<[string, Record<string, unknown>]>([
    ["the current wire", { class: classes }],
    ["v3.1-preview.ct.1", { classes }],
    ["v3.2-preview.2, one class", { classification: classes[0] }],
    ["v3.2-preview.2, several", { classifications: classes }],
  ])("reads classes as %s spells them", (_, spelled) => {
    const answer = readDocument("CustomMultiLabelClassification", { id: "0", warnings: [], ...spelled });
    expect(answer).toEqual({ content: { classes }, warnings: [], statistics: undefined });
  });

  it("takes no class for an answer too", () => {
    expect(readDocument("CustomMultiLabelClassification", { id: "0", class: [] })).toMatchObject({
      content: { classes: [] },
    });
  });

  it("leaves a field called class alone where it is none of ours", () => {
    const wire = { id: "0", keyPhrases: ["x"], class: "new" };
    expect(readDocument("KeyPhraseExtraction", wire)).toMatchObject({ content: { keyPhrases: ["x"], class: "new" } });
  });

  it("parts warnings and statistics from the content, and keeps what it does not know", () => {
    const wire = {
      id: "0",
      entities: [{ ...SPAN, category: "Person", confidenceScore: 0.9, colour: "blue" }],
      warnings: [
        { code: "DocumentTruncated", message: "Cut.", targetRef: "#/results/documents/0/entities/0", since: 1 },
      ],
      statistics: { charactersCount: 4, transactionsCount: 1, more: true },
      detectedLanguage: { iso6391Name: "en" },
    };
    expect(readDocument("CustomEntityRecognition", wire)).toEqual({
      content: { entities: wire.entities, detectedLanguage: wire.detectedLanguage },
      warnings: [{ code: "DocumentTruncated", message: "Cut.", targetRef: "#/entities/0", since: 1 }],
      statistics: { charactersCount: 4, transactionsCount: 1, more: true },
    });
  });

  it("keeps a score of a form that does not exist yet", () => {
    const wire = { sentiment: "positive", confidenceScores: { positive: 1, since: { version: 9 } }, sentences: [] };
    expect(readDocument("SentimentAnalysis", { id: "0", ...wire })).toMatchObject({ content: wire });
  });

  it.each<[string, TaskKind, Record<string, unknown>]>([
    ["scores", "SentimentAnalysis", { sentiment: "positive", confidenceScores: null, sentences: [] }],
    ["opinions", "SentimentAnalysis", { sentiment: "positive", sentences: [{ ...SPAN, targets: null }] }],
    [
      "an opinion's place",
      "SentimentAnalysis",
      { sentiment: "mixed", sentences: [{ ...SPAN, targets: [{ text: "Anna" }], assessments: null }] },
    ],
    ["the redacted text", "PiiEntityRecognition", { entities: [], redactedText: null }],
    ["an entity's text and category", "EntityRecognition", { entities: [{ offset: 0, length: 4, text: null }] }],
    ["contexts", "AbstractiveSummarization", { summaries: [{ text: "Anna.", contexts: null }] }],
    ["a context's place", "AbstractiveSummarization", { summaries: [{ text: "Anna.", contexts: [{}] }] }],
    ["a linked entity's name", "EntityLinking", { entities: [{ matches: [SPAN], url: "https://x.test" }] }],
    [
      "a relation's ends",
      "Healthcare",
      { entities: [], relations: [{ relationType: "X", entities: [{ role: "Y" }] }, { relationType: "Z" }] },
    ],
  ])("keeps an answer as it came where it lacks %s", (_, kind, fields) => {
    const answer = readDocument(kind, { id: "0", ...fields });
    expect(answer).toStrictEqual({ content: fields, warnings: [], statistics: undefined });
  });

  it.each<[unknown, unknown]>([
    [null, []],
    ["none", []],
    [[null, { confidenceScore: 1 }], [{ relationType: "Unknown", confidenceScore: 1 }]],
  ])("reads the relations %j as a list of what is one", (relations, read) => {
    expect(readDocument("Healthcare", { id: "0", entities: [], relations })).toMatchObject({
      content: { entities: [], relations: read },
    });
  });

  it.each<[Record<string, unknown>, Record<string, unknown>]>([
    [{ statistics: { charactersCount: 4 } }, { statistics: undefined }],
    [{ statistics: "few" }, { statistics: undefined }],
    [{ statistics: null }, { statistics: undefined }],
    [{ warnings: null }, { warnings: [] }],
    [
      { warnings: [{ message: "Cut." }, null, { code: 7, since: 1 }] },
      {
        warnings: [
          { code: "Unknown", message: "Cut." },
          { code: "Unknown", message: "", since: 1 },
        ],
      },
    ],
  ])("keeps an answer whatever stands beside it: %j", (edge, read) => {
    const answer = readDocument("KeyPhraseExtraction", { id: "0", keyPhrases: ["x"], ...edge });
    expect(answer).toEqual({ content: { keyPhrases: ["x"] }, warnings: [], statistics: undefined, ...read });
  });

  it("has an error that is final: the answer is paid, and would be the same again", () => {
    expect(classifyServiceError({ code: "UnreadableAnswer", message: "" })).toMatchObject({
      class: "document",
      certain: true,
    });
  });

  it.each<[TaskKind, Record<string, unknown>]>([
    ["CustomSingleLabelClassification", {}],
    ["CustomSingleLabelClassification", { class: [{ category: "billing" }] }],
    ["CustomEntityRecognition", { entities: [{ ...SPAN, category: "Person", offset: -1 }] }],
    ["EntityRecognition", { entities: [{ ...SPAN, category: "Person", length: 1.5 }] }],
    ["PiiEntityRecognition", { entities: [{ text: "Anna", length: 4, category: "Person" }], redactedText: "****" }],
    ["Healthcare", { entities: null, relations: [] }],
    ["EntityLinking", { entities: [{ name: "Anna", matches: null }] }],
    ["KeyPhraseExtraction", { keyPhrases: "x" }],
    ["SentimentAnalysis", { sentiment: "positive" }],
    ["ExtractiveSummarization", { sentences: [SPAN] }],
    ["AbstractiveSummarization", { summaries: [{}] }],
  ])("%s: puts an error in place of what cannot be an answer: %j", (kind, fields) => {
    const outcome = readDocument(kind, { id: "0", warnings: [], ...fields });
    expect(isAnswer(outcome)).toBe(false);
    expect(outcome).toMatchObject({ code: "UnreadableAnswer" });
  });

  it("keeps what was paid for beside that error, and does not quote it in the message", () => {
    const answer = { id: "0", entities: [{ text: "secret", offset: "secret" }] };
    const outcome = readDocument("CustomEntityRecognition", answer);
    expect(outcome).toMatchObject({ answer });
    expect("message" in outcome && outcome.message).not.toContain("secret");
  });
});
