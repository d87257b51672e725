import { describe, expect, it } from "vitest";
import { SettingsError } from "../../../src/lib/common/problems.ts";
import { TASK_KINDS, type TaskKind } from "../../../src/lib/language/analysis.ts";
import { isNative, KNOWN_VERSIONS } from "../../../src/lib/language/api-versions.ts";
import { parsePipelines } from "../../../src/lib/settings/pipelines.ts";

const CUSTOM = { projectName: "p", deploymentName: "d" };

type Fields = Record<string, unknown>;

function parse(apiVersion: string, task: Fields) {
  const pipelines = [{ name: "tickets", match: "**", apiVersion, tasks: [task] }];
  return parsePipelines(JSON.stringify({ pipelines }), "p.json")[0]?.tasks[0]?.parameters;
}

function problemsOf(apiVersion: string, task: Fields): SettingsError["problems"] {
  try {
    parse(apiVersion, task);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

/** The parameters that a kind cannot do without. */
function least(kind: TaskKind, apiVersion: string): Fields {
  if (!kind.startsWith("Custom")) return {};
  return apiVersion === "v3.1-preview.ct.1" ? { modelId: "0_MultiClassification_latest" } : CUSTOM;
}

function knows(apiVersion: string, kind: TaskKind): boolean {
  return problemsOf(apiVersion, { kind, ...least(kind, apiVersion) }).length === 0;
}

describe("TASK_PARAMETERS", () => {
  it("asks for offsets in UTF-16 code units wherever a kind has offsets", () => {
    const kinds = TASK_KINDS.filter((kind) => {
      const parameters = parse("2023-04-15-preview", { kind, ...least(kind, "") });
      return parameters?.stringIndexType === "Utf16CodeUnit";
    });
    expect(TASK_KINDS.filter((kind) => !kinds.includes(kind))).toEqual([
      "CustomSingleLabelClassification",
      "CustomMultiLabelClassification",
      "KeyPhraseExtraction",
    ]);
  });

  const base: TaskKind[] = [
    "CustomSingleLabelClassification",
    "CustomMultiLabelClassification",
    "CustomEntityRecognition",
    "Healthcare",
    "EntityRecognition",
    "PiiEntityRecognition",
    "KeyPhraseExtraction",
    "SentimentAnalysis",
    "EntityLinking",
  ];
  const summaries: TaskKind[] = ["ExtractiveSummarization", "AbstractiveSummarization"];
  const custom2023: TaskKind[] = ["CustomHealthcare", "CustomSentimentAnalysis", "CustomAbstractiveSummarization"];
  it.each<[string, TaskKind[]]>([
    ["2022-05-01", base],
    ["2022-07-01-preview", base],
    ["2022-10-01-preview", [...base, ...summaries]],
    ["2023-04-01", [...base, ...summaries]],
    ["2023-04-15-preview", [...base, ...custom2023, ...summaries]],
    ["2023-11-15-preview", [...base, ...custom2023, ...summaries]],
    ["2024-11-01", [...base, ...summaries]],
    ["2024-11-15-preview", [...base, ...summaries]],
    ["2025-05-15-preview", [...base, ...summaries]],
    ["2025-11-01", [...base, ...summaries]],
    ["2025-11-15-preview", [...base, ...summaries]],
    ["2026-05-01", [...base, ...summaries]],
    ["2026-05-15-preview", [...base, ...summaries]],
    ["2031-01-01", [...base, ...summaries]],
    ["v3.1-preview.ct.1", ["CustomSingleLabelClassification", "CustomMultiLabelClassification"]],
    ["v3.2-preview.2", [...base.filter((kind) => kind !== "Healthcare"), "ExtractiveSummarization"]],
  ])("%s knows its kinds of task and no others", (apiVersion, expected) => {
    expect(TASK_KINDS.filter((kind) => knows(apiVersion, kind)).toSorted()).toEqual(expected.toSorted());
  });

  it("says that the service retired CustomHealthcare", () => {
    const [problem] = problemsOf("2024-11-01", { kind: "CustomHealthcare", ...CUSTOM });
    expect(problem).toMatchObject({
      where: "pipelines[0].tasks[0].kind",
      hint: expect.stringContaining("January 2025"),
    });
  });

  it.each<TaskKind>(["CustomSentimentAnalysis", "CustomAbstractiveSummarization"])("says who knows %s", (kind) => {
    const [problem] = problemsOf("2024-11-15-preview", { kind, ...CUSTOM });
    expect(problem).toMatchObject({ hint: expect.stringContaining("2023-04-15-preview, 2023-11-15-preview") });
  });

  it("sends ct.1 the model id, with the parameters its documentation shows", () => {
    const task = { kind: "CustomMultiLabelClassification", modelId: "1_MultiClassification_latest" };
    expect(parse("v3.1-preview.ct.1", task)).toEqual({
      modelId: "1_MultiClassification_latest",
      stringIndexType: "TextElements_v8",
    });
  });

  it.each<[string, TaskKind, Fields, string[]]>([
    ["2024-11-01", "Healthcare", { fhirVersion: "4.0.1", documentType: "Consult" }, []],
    ["2023-04-01", "Healthcare", { fhirVersion: "4.0.1" }, ["fhirVersion"]],
    ["2024-11-01", "Healthcare", { documentType: "Consult" }, ["documentType"]],
    ["2024-11-01", "Healthcare", { fhirVersion: "5.0" }, ["fhirVersion"]],
    [
      "2024-11-01",
      "EntityRecognition",
      { inclusionList: ["Person"], overlapPolicy: { policyKind: "allowOverlap" } },
      [],
    ],
    ["2023-04-01", "EntityRecognition", { inclusionList: ["Person"] }, ["inclusionList"]],
    ["2023-04-01", "PiiEntityRecognition", { domain: "phi", piiCategories: ["All"], loggingOptOut: false }, []],
    ["2023-04-01", "PiiEntityRecognition", { domain: "health" }, ["domain"]],
    ["2023-04-01", "PiiEntityRecognition", { piiCategories: [] }, ["piiCategories"]],
    ["2026-05-01", "PiiEntityRecognition", { confidenceScoreThreshold: { default: 0.5 } }, []],
    ["2023-04-01", "SentimentAnalysis", { opinionMining: true, modelVersion: "latest" }, []],
    ["2023-04-01", "SentimentAnalysis", { opinionMining: "yes" }, ["opinionMining"]],
    ["2023-04-01", "KeyPhraseExtraction", { stringIndexType: "Utf16CodeUnit" }, ["stringIndexType"]],
    ["2023-04-01", "EntityLinking", { stringIndexType: "utf16CodeUnit" }, ["stringIndexType"]],
    ["2023-04-01", "ExtractiveSummarization", { sentenceCount: 20, sortBy: "Rank" }, []],
    ["2023-04-01", "ExtractiveSummarization", { sentenceCount: 21, sortBy: "rank" }, ["sentenceCount", "sortBy"]],
    ["2024-11-01", "AbstractiveSummarization", { summaryLength: "short" }, []],
    ["2023-04-01", "AbstractiveSummarization", { summaryLength: "short" }, ["summaryLength"]],
    ["2023-11-15-preview", "CustomAbstractiveSummarization", { summaryLength: "short", sentenceCount: 40 }, []],
    ["2023-04-15-preview", "CustomAbstractiveSummarization", { summaryLength: "short" }, ["summaryLength"]],
    ["2023-11-15-preview", "CustomAbstractiveSummarization", { query: "x" }, ["query"]],
    ["2023-11-15-preview", "CustomSentimentAnalysis", { opinionMining: true }, ["opinionMining"]],
    ["2023-04-01", "CustomEntityRecognition", { modelVersion: "latest" }, ["modelVersion"]],
    ["2023-04-01", "CustomEntityRecognition", { projectName: "no spaces" }, ["projectName"]],
    ["v3.2-preview.2", "CustomEntityRecognition", { stringIndexType: "UnicodeCodePoint" }, []],
  ])("%s: %s takes %j but for %j", (apiVersion, kind, parameters, refused) => {
    const task = { kind, ...least(kind, apiVersion), ...parameters };
    const wheres = problemsOf(apiVersion, task).map(({ where }) => where);
    expect(wheres).toEqual(refused.map((name) => `pipelines[0].tasks[0].${name}`));
  });

  const values: Fields = {
    excludePiiCategories: ["Person"],
    redactionCharacter: "#",
    redactionPolicy: { policyKind: "noMask" },
    redactionPolicies: [{ policyKind: "entityMask" }],
    valueExclusionPolicy: { caseSensitive: false, excludedValues: ["police officer"] },
    entitySynonyms: [{ entityType: "USBankAccountNumber", synonyms: [{ synonym: "FAN" }] }],
    confidenceScoreThreshold: { default: 0.5 },
    disableEntityValidation: true,
  };
  const newest = ["redactionPolicies", "confidenceScoreThreshold", "disableEntityValidation"];
  const adapted = ["valueExclusionPolicy", "entitySynonyms"];
  it.each<[string, string[]]>([
    ["2022-10-01-preview", []],
    ["2023-04-01", []],
    ["2023-04-15-preview", ["excludePiiCategories"]],
    ["2023-11-15-preview", ["excludePiiCategories", "redactionCharacter"]],
    ["2024-11-01", []],
    ["2024-11-15-preview", ["excludePiiCategories", "redactionCharacter", "redactionPolicy"]],
    ["2025-05-15-preview", ["excludePiiCategories", "redactionCharacter", "redactionPolicy", ...adapted]],
    ["2025-11-01", []],
    ["2025-11-15-preview", ["excludePiiCategories", ...adapted, ...newest]],
    ["2026-05-01", ["excludePiiCategories", ...adapted, ...newest]],
    ["2026-05-15-preview", ["excludePiiCategories", ...adapted, ...newest]],
    ["2031-01-01", ["excludePiiCategories", ...adapted, ...newest]],
    ["analyze-documents/2026-05-01", ["excludePiiCategories", "redactionPolicies"]],
    ["analyze-documents/2026-05-15-preview", ["excludePiiCategories", ...adapted, ...newest]],
  ])("%s: personal data takes %j beside what it always took", (apiVersion, expected) => {
    const taken = Object.entries(values).filter(
      ([name, value]) => problemsOf(apiVersion, { kind: "PiiEntityRecognition", [name]: value }).length === 0,
    );
    expect(taken.map(([name]) => name).toSorted()).toEqual(expected.toSorted());
  });

  it.each(KNOWN_VERSIONS)("takes %s", (apiVersion) => {
    const kind = isNative(apiVersion) ? "PiiEntityRecognition" : "CustomSingleLabelClassification";
    expect(knows(apiVersion, kind)).toBe(true);
  });
});
