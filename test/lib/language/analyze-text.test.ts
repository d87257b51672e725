import { describe, expect, it } from "vitest";
import { z } from "zod";
import { generationFor } from "../../../src/lib/language/analysis-client.ts";

const wire = generationFor("2023-04-01");
const ENDPOINT = "https://reader.cognitiveservices.azure.com";

/** The state of a job with two tasks, one of which is done, in the form of recorded traffic. */
function state(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    jobId: "0b0d0c7e-5f7d-4b42-8f0c-3ad54b1dd2b5",
    lastUpdatedDateTime: "2025-03-01T12:00:05Z",
    createdDateTime: "2025-03-01T12:00:00Z",
    expirationDateTime: "2025-03-02T12:00:00Z",
    status: "running",
    errors: [],
    tasks: {
      completed: 1,
      failed: 0,
      inProgress: 1,
      total: 2,
      items: [
        {
          kind: "CustomMultiLabelClassificationLROResults",
          taskName: "clauses",
          lastUpdateDateTime: "2025-03-01T12:00:04.930364Z",
          status: "succeeded",
          results: {
            statistics: { documentsCount: 1, validDocumentsCount: 1, erroneousDocumentsCount: 0, transactionsCount: 1 },
            documents: [{ id: "0", class: [], warnings: [] }],
            errors: [{ id: "1", error: { code: "InvalidArgument", message: "Invalid Document in request." } }],
            projectName: "contracts",
            deploymentName: "production",
          },
        },
      ],
    },
    ...overrides,
  };
}

describe("analyze-text", () => {
  it("posts jobs, and finds them, under the version, all documents on one page", () => {
    expect(wire.submitUrl(ENDPOINT).href).toBe(`${ENDPOINT}/language/analyze-text/jobs?api-version=2023-04-01`);
    expect(wire.jobUrl(`${ENDPOINT}/gateway`, "a/b").href).toBe(
      `${ENDPOINT}/gateway/language/analyze-text/jobs/a%2Fb?api-version=2023-04-01&top=25`,
    );
  });

  it("writes tasks as a list, each with its name and parameters", () => {
    const body = wire.body({
      displayName: "batch 1",
      documents: [
        { id: "0", text: "Hallo.", language: "de" },
        { id: "1", text: "Hi." },
      ],
      tasks: [
        { kind: "KeyPhraseExtraction", name: "phrases", parameters: {} },
        { kind: "CustomEntityRecognition", name: "entities", parameters: { projectName: "p", deploymentName: "d" } },
      ],
    });
    expect(JSON.parse(JSON.stringify(body))).toEqual({
      displayName: "batch 1",
      analysisInput: {
        documents: [
          { id: "0", text: "Hallo.", language: "de" },
          { id: "1", text: "Hi." },
        ],
      },
      tasks: [
        { kind: "KeyPhraseExtraction", taskName: "phrases", parameters: {} },
        {
          kind: "CustomEntityRecognition",
          taskName: "entities",
          parameters: { projectName: "p", deploymentName: "d" },
        },
      ],
    });
  });

  it("writes what concerns the whole job only when asked to", () => {
    const asked = { documents: [], tasks: [], defaultLanguage: "de", cancelAfter: 90 };
    expect(JSON.parse(JSON.stringify(wire.body(asked)))).toMatchObject({ defaultLanguage: "de", cancelAfter: 90 });
    expect(Object.keys(JSON.parse(JSON.stringify(wire.body({ documents: [], tasks: [] }))))).toEqual([
      "analysisInput",
      "tasks",
    ]);
  });

  it("reads the state of a job", () => {
    expect(wire.readPage(state())).toMatchObject({
      jobId: "0b0d0c7e-5f7d-4b42-8f0c-3ad54b1dd2b5",
      status: "running",
      createdDateTime: "2025-03-01T12:00:00Z",
      lastUpdatedDateTime: "2025-03-01T12:00:05Z",
      expirationDateTime: "2025-03-02T12:00:00Z",
      errors: [],
      items: [
        {
          name: "clauses",
          kind: "CustomMultiLabelClassification",
          status: "succeeded",
          documents: [{ id: "0", class: [], warnings: [] }],
          errors: [{ id: "1" }],
          statistics: { transactionsCount: 1 },
          about: { projectName: "contracts", deploymentName: "production" },
        },
      ],
    });
  });

  it.each([
    ["lastUpdatedDateTime", { lastUpdateDateTime: "2025-03-01T12:00:09Z" }, "2025-03-01T12:00:05Z"],
    [
      "lastUpdateDateTime",
      { lastUpdatedDateTime: undefined, lastUpdateDateTime: "2025-03-01T12:00:09Z" },
      "2025-03-01T12:00:09Z",
    ],
    ["neither", { lastUpdatedDateTime: undefined }, undefined],
    ["neither, when it is no date", { lastUpdatedDateTime: "soon", lastUpdateDateTime: 7 }, undefined],
  ])("reads the date of the job from %s", (_, overrides, date) => {
    expect(wire.readPage(state(overrides)).lastUpdatedDateTime).toBe(date);
  });

  it.each([{ createdDateTime: undefined }, { createdDateTime: null }, { expirationDateTime: 7 }])(
    "reads a job without a date: %j",
    (overrides) => {
      const [[field] = [""]] = Object.entries(overrides);
      expect(wire.readPage(state(overrides))).toHaveProperty(field, undefined);
    },
  );

  it.each<[unknown, object]>([
    [
      { code: "InvalidRequest", message: null, target: null },
      { code: "InvalidRequest", message: "" },
    ],
    [
      { code: null, message: "No.", innererror: null },
      { code: "Unknown", message: "No." },
    ],
    [{}, { code: "Unknown", message: "" }],
    [null, { code: "Unknown", message: "" }],
    ["broken", { code: "Unknown", message: "" }],
  ])("reads the error %j, of the job and of a document", (error, read) => {
    const results = { documents: [{ id: "0" }], errors: [{ id: "1", error }] };
    const items = [{ kind: "KeyPhraseExtractionLROResults", status: "succeeded", results }];
    const page = wire.readPage(state({ errors: [error], tasks: { items } }));
    expect(page.errors).toEqual([{ error: read, task: undefined }]);
    expect(page.items[0]).toMatchObject({ documents: [{ id: "0" }], errors: [{ id: "1", error: read }] });
  });

  it("tells of entries that name no document, and keeps the others", () => {
    const results = { documents: [null, { id: "0" }, { warnings: [] }], errors: [{ error: {} }], statistics: "few" };
    const items = [{ kind: null, taskName: "x", status: "succeeded", lastUpdateDateTime: null, results }];
    expect(wire.readPage(state({ tasks: { items } })).items).toEqual([
      {
        name: "x",
        status: "succeeded",
        documents: [{ id: "0" }],
        errors: [{ id: "", error: { code: "Unknown", message: "" } }],
        about: {},
        unreadable: "results.documents[0] names no document",
      },
    ]);
  });

  it("keeps what it does not know about a task, and no more than that", () => {
    const page = wire.readPage(
      state({
        tasks: {
          items: [{ kind: "NewLROResults", status: "succeeded", cost: 3, results: { documents: [], tone: "warm" } }],
        },
      }),
    );
    expect(page.items).toEqual([
      {
        name: undefined,
        kind: undefined,
        status: "succeeded",
        documents: [],
        errors: [],
        statistics: undefined,
        about: { cost: 3, tone: "warm" },
      },
    ]);
  });

  it.each([
    ["#/tasks/items/2", { index: 2 }],
    ["#/tasks/items/0/parameters/x", { index: 0 }],
    ["#/tasks/items/", undefined],
    ["#/analysisInput", undefined],
    [undefined, undefined],
  ])("follows the target %s", (target, task) => {
    const error = { code: "InvalidRequest", message: "x", target };
    expect(wire.readPage(state({ errors: [error] })).errors).toEqual([{ error, task }]);
  });

  it.each([{ tasks: undefined }, { tasks: { items: null } }, { errors: null }, { tasks: { items: [] } }])(
    "reads a job that has no tasks to show: %j",
    (overrides) => {
      expect(wire.readPage(state({ status: "failed", ...overrides })).status).toBe("failed");
    },
  );

  it("loses no task to a strange neighbour, and no answer to a strange name", () => {
    const results = { documents: [{ id: 0, class: [] }], errors: [] };
    const strange = [
      {},
      null,
      { status: "succeeded", results: [] },
      { status: "succeeded", taskName: 7, kind: 7, results },
    ];
    const page = wire.readPage(
      state({ nextLink: {}, tasks: { items: [{ status: "running", taskName: "clauses" }, ...strange] } }),
    );
    const none = "it has no results";
    expect(page.items.map(({ name, documents, unreadable }) => [name, documents.length, unreadable])).toEqual([
      ["clauses", 0, none],
      [undefined, 0, none],
      [undefined, 0, "its entry is no object"],
      [undefined, 0, none],
      [undefined, 1, undefined],
    ]);
  });

  it.each([undefined, "text", [], {}, { jobId: "x" }, { ...state(), status: 7 }])(
    "refuses what is no state of a job: %#",
    (answer) => {
      expect(() => wire.readPage(answer)).toThrow(z.ZodError);
    },
  );
});
