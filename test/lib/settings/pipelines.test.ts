import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { SettingsError } from "../../../src/lib/common/problems.ts";
import { parsePipelines, readPipelines } from "../../../src/lib/settings/pipelines.ts";

const CUSTOM = { projectName: "p", deploymentName: "d" };
const TASK = { kind: "CustomSingleLabelClassification", ...CUSTOM };
const PIPELINE = { name: "tickets", match: "tickets/**", apiVersion: "2023-04-01", tasks: [TASK] };

type Overrides = Record<string, unknown>;

function parse(...pipelines: Overrides[]) {
  return parsePipelines(JSON.stringify({ pipelines: pipelines.map((each) => ({ ...PIPELINE, ...each })) }), "p.json");
}

function problemsOf(run: () => unknown): SettingsError["problems"] {
  try {
    run();
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe("parsePipelines", () => {
  it("reads a pipeline and fills in what it leaves out", () => {
    const text = `{
      "$schema": "./pipelines.schema.json",
      "pipelines": [ // one
        { "name": "tickets", "match": "tickets/**", "apiVersion": "2023-04-01", "tasks": [
          { "kind": "CustomSingleLabelClassification", "name": "topic", "projectName": "tickets", "deploymentName": "production" },
          { "kind": "CustomEntityRecognition", "projectName": "tickets", "deploymentName": "production" },
        ] }
      ]
    }`;
    expect(parsePipelines(text, "pipelines.json")).toEqual([
      {
        name: "tickets",
        match: "tickets/**",
        apiVersion: "2023-04-01",
        tasks: [
          {
            kind: "CustomSingleLabelClassification",
            name: "topic",
            parameters: { projectName: "tickets", deploymentName: "production" },
          },
          {
            kind: "CustomEntityRecognition",
            name: "customEntityRecognition",
            parameters: { projectName: "tickets", deploymentName: "production", stringIndexType: "Utf16CodeUnit" },
          },
        ],
        lanes: 32,
        maxWaitSeconds: 5,
      },
    ]);
  });

  it("keeps what is given", () => {
    const given = {
      endpoint: "https://other.cognitiveservices.azure.com/",
      language: "pt-BR",
      lanes: 64,
      maxWaitSeconds: 0,
    };
    expect(parse(given)).toMatchObject([{ ...given, endpoint: "https://other.cognitiveservices.azure.com" }]);
  });

  it.each([
    ["2023-04-15-preview", { language: "auto", defaultLanguage: "de" }],
    ["2025-05-15-preview", { language: "auto", defaultLanguage: "pt-BR", cancelAfter: 90.5 }],
    ["2026-05-01", { cancelAfter: 600 }],
    ["2031-01-01", { cancelAfter: 600 }],
  ])("takes in %s what concerns the whole job: %j", (apiVersion, options) => {
    expect(parse({ apiVersion, ...options })).toMatchObject([options]);
  });

  it.each([
    ["2024-11-01", { language: "auto", defaultLanguage: "de" }, ["language", "defaultLanguage"]],
    ["2022-10-01-preview", { language: "auto", defaultLanguage: "de" }, ["defaultLanguage"]],
    ["2023-04-15-preview", { defaultLanguage: "de" }, ["defaultLanguage"]],
    ["2023-04-15-preview", { language: "de", defaultLanguage: "de" }, ["defaultLanguage"]],
    ["2023-04-15-preview", { language: "auto", defaultLanguage: "auto" }, ["defaultLanguage"]],
    ["2025-11-01", { cancelAfter: 600 }, ["cancelAfter"]],
    ["2024-11-15-preview", { cancelAfter: 600 }, ["cancelAfter"]],
    ["2026-05-01", { cancelAfter: 0.2 }, ["cancelAfter"]],
    ["2026-05-01", { cancelAfter: 86_401 }, ["cancelAfter"]],
    ["v3.2-preview.2", { cancelAfter: 600 }, ["cancelAfter"]],
  ])("refuses in %s the %j that it cannot take", (apiVersion, options, refused) => {
    const wheres = problemsOf(() => parse({ apiVersion, ...options })).map(({ where }) => where);
    expect(wheres).toEqual(refused.map((field) => `pipelines[0].${field}`));
  });

  it("refuses what is said of texts where the service reads the documents itself", () => {
    const tasks = [{ kind: "PiiEntityRecognition" }];
    const ofTexts = { encoding: "koi8-r", redactedCopies: true, rows: { text: "body" } };
    const pipeline = { apiVersion: "analyze-documents/2026-05-01", tasks, ...ofTexts };
    const wheres = problemsOf(() => parse(pipeline)).map(({ where }) => where);
    expect(new Set(wheres)).toEqual(new Set(Object.keys(ofTexts).map((name) => `pipelines[0].${name}`)));
    expect(problemsOf(() => parse({ ...pipeline, tasks: [TASK] }))[0]?.where).toBe("pipelines[0].tasks[0].kind");
  });

  it("lets several pipelines take the same documents", () => {
    expect(parse({}, { name: "again" })).toHaveLength(2);
  });

  it.each<[string, Overrides, string, string | undefined]>([
    ["a name in capitals", { name: "Tickets" }, "name", undefined],
    ["a name with two hyphens", { name: "a--b" }, "name", undefined],
    ["a name over 40 characters", { name: "a".repeat(41) }, "name", undefined],
    ["a leading slash", { match: "/tickets/**" }, "match", undefined],
    ["a glob that cannot be understood", { match: "tickets/[a" }, "match", undefined],
    ["a version that never was", { apiVersion: "2023-04-11" }, "apiVersion", 'Did you mean "2023-04-01"?'],
    ["no version", { apiVersion: undefined }, "apiVersion", undefined],
    ["no tasks", { tasks: [] }, "tasks", undefined],
    ["a task that is no object", { tasks: ["CustomSingleLabelClassification"] }, "tasks[0]", undefined],
    [
      "a mistyped kind",
      { tasks: [{ ...TASK, kind: "CustomSingleLabelClasification" }] },
      "tasks[0].kind",
      'Did you mean "CustomSingleLabelClassification"?',
    ],
    ["no kind", { tasks: [CUSTOM] }, "tasks[0].kind", undefined],
    [
      "a mistyped parameter",
      { tasks: [{ ...TASK, loggingOptout: true }] },
      "tasks[0].loggingOptout",
      'Did you mean "loggingOptOut"?',
    ],
    ["a mistyped field", { maxWaitSecond: 1 }, "maxWaitSecond", 'Did you mean "maxWaitSeconds"?'],
    ["too many lanes", { lanes: 65 }, "lanes", undefined],
    ["half a second", { maxWaitSeconds: 0.5 }, "maxWaitSeconds", undefined],
    ["an endpoint over http", { endpoint: "http://other.example.com" }, "endpoint", undefined],
    ["an encoding that nothing can read", { encoding: "klingon-8" }, "encoding", undefined],
    ["what is no encoding", { encoding: "base64" }, "encoding", undefined],
    ["no text records at all", { maxTextRecordsPerDocument: 0 }, "maxTextRecordsPerDocument", undefined],
    ["copies of what no task redacts", { redactedCopies: true }, "redactedCopies", undefined],
    ["a language that is none", { language: "english" }, "language", undefined],
    ["language detection in a stable version", { language: "auto" }, "language", expect.stringContaining("previews")],
  ])("refuses %s", (_, overrides, where, hint) => {
    const [problem, ...others] = problemsOf(() => parse(overrides));
    expect(others).toEqual([]);
    expect(problem?.where).toBe(`pipelines[0].${where}`);
    expect(problem?.hint).toEqual(hint);
  });

  it("refuses two pipelines, or two tasks of one pipeline, of the same name", () => {
    const problems = problemsOf(() => parse({ tasks: [TASK, TASK] }, {}));
    expect(problems.map(({ where, found }) => [where, found])).toEqual([
      ["pipelines[1].name", '"tickets", the name of pipelines[0]'],
      ["pipelines[0].tasks[1].name", '"customSingleLabelClassification", the name of tasks[0]'],
    ]);
  });

  it("reports all problems of all pipelines at once, in the order of the lines", () => {
    const text = `{ "pipelines": [
      { "name": "a", "match": "**",
        "apiVersion": "2023-04-01",
        "tasks": [
          { "kind": "Healthcare", "fhirVersion": "4.0.1" }
        ],
        "lanes": 0 },
      { "name": "a",
        "match": "**", "apiVersion": "2023-04-01", "tasks": [] }
    ] }`;
    const error = new SettingsError(
      "",
      problemsOf(() => parsePipelines(text, "p.json")),
    );
    expect(error.problems.map(({ where, line }) => [where, line])).toEqual([
      ["pipelines[0].tasks[0].fhirVersion", 5],
      ["pipelines[0].lanes", 7],
      ["pipelines[1].name", 8],
      ["pipelines[1].tasks", 9],
    ]);
  });

  it.each([
    ['{"pipelins": []}', ["pipelines", "pipelins"]],
    ["[]", ["the file"]],
    ['{"pipelines": {}}', ["pipelines"]],
    ['{"pipelines": []}', ["pipelines"]],
    ['{"pipelines": [1]}', ["pipelines[0]"]],
    ["{", ["the file"]],
    ['{"pipelines": [], "pipelines": []}', ["pipelines"]],
  ])("refuses a file like %s", (text, wheres) => {
    expect(problemsOf(() => parsePipelines(text, "p.json")).map(({ where }) => where)).toEqual(wheres);
  });

  it("does not show credentials in an endpoint", () => {
    const run = () => parse({ endpoint: "https://user:s3cret@host/?code=s3cret" });
    expect(run).toThrow(SettingsError);
    expect(run).not.toThrow(/s3cret/);
  });
});

describe("readPipelines", () => {
  it("reads a file", () => {
    const folder = mkdtempSync(join(tmpdir(), "pipelines-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, "pipelines.json");
    writeFileSync(path, JSON.stringify({ pipelines: [PIPELINE] }));
    expect(readPipelines(path)).toHaveLength(1);
  });

  it("names the setting and the whole path of a file that cannot be read", () => {
    expect(() => readPipelines("/nowhere/pipelines.json")).toThrow(
      "PIPELINES_FILE: found /nowhere/pipelines.json, which cannot be read (ENOENT)",
    );
  });
});
