import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { describeProblem, SettingsError } from "../../../../src/lib/common/problems.ts";
import { parseDefinition } from "../../../../src/lib/project/definition/definition.ts";
import { projectJsonSchema } from "../../../../src/lib/project/definition/definition-schema.ts";

const LEAST = { kind: "CustomSingleLabelClassification", language: "en", container: "tickets-training" };

function problemsOf(file: unknown, project = "tickets"): string[] {
  try {
    parseDefinition(typeof file === "string" ? file : JSON.stringify(file), project);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems.map(describeProblem);
    throw error;
  }
  return [];
}

describe("a project file", () => {
  it("needs little, and says nothing twice", () => {
    expect(parseDefinition(JSON.stringify(LEAST), "tickets")).toEqual({
      ...LEAST,
      apiVersion: "2023-04-01",
      wire: "current",
      multilingual: false,
      labelsFromFolders: false,
      training: {
        modelLabel: undefined,
        trainingConfigVersion: "latest",
        evaluationOptions: { kind: "percentage", trainingSplitPercentage: 80, testingSplitPercentage: 20 },
      },
      deployment: undefined,
    });
  });

  it("may hold comments, and completes what is wished for", () => {
    const text = `{ // ours
      "kind": "CustomEntityRecognition", "language": "de", "container": "c-1", "labels": "./labels.json",
      "training": { "evaluationOptions": { "testingSplitPercentage": 30 } },
      "deployment": {},
    }`;
    expect(parseDefinition(text, "p")).toMatchObject({
      labels: "./labels.json",
      training: { evaluationOptions: { trainingSplitPercentage: 70, testingSplitPercentage: 30 } },
      deployment: { name: "production", strategy: "swap", stagingName: "production-staging" },
    });
  });

  it.each<[string, unknown, RegExp]>([
    ["a mistake in the JSON", '{ "kind": }', /line 1.*mistake in the JSON/],
    ["a name nobody knows", { ...LEAST, multiLingual: true }, /multiLingual.*Did you mean "multilingual"/],
    ["a name nobody knows, further in", { ...LEAST, deployment: { nam: "x" } }, /deployment\.nam.*Did you mean "name"/],
    [
      "an unknown kind",
      { ...LEAST, kind: "CustomSingleClassification" },
      /kind.*Did you mean "CustomSingleLabelClassification"/,
    ],
    ["a version that analyses", { ...LEAST, apiVersion: "v3.1-preview.ct.1" }, /its authoring is v1\.0-preview\.2/],
    ["a version that never was", { ...LEAST, apiVersion: "2022-05-02" }, /apiVersion.*Did you mean "2022-05-01"/],
    ["a flag in quotes", { ...LEAST, multilingual: "True" }, /multilingual.*"True".*without quotes/],
    ["no container", { ...LEAST, container: undefined }, /container .*found nothing/],
    ["a language nobody trains", { ...LEAST, language: "tlh" }, /language.*"tlh"/],
    [
      "an address that shows a secret",
      { ...LEAST, storageAccount: "https://a.example?sig=s3cret" },
      /storageAccount.*\(query\)/,
    ],
    ["labels twice", { ...LEAST, labels: "l.json", labelsFromFolders: true }, /either labels or labelsFromFolders/],
    [
      "folders for entities",
      { ...LEAST, kind: "CustomEntityRecognition", labelsFromFolders: true },
      /folder cannot say/,
    ],
    ["health on a stable version", { ...LEAST, kind: "CustomHealthcare" }, /retired/],
    [
      "shares beyond the whole",
      { ...LEAST, training: { evaluationOptions: { trainingSplitPercentage: 80, testingSplitPercentage: 30 } } },
      /80 and 30.*100/,
    ],
    [
      "shares with a manual split",
      { ...LEAST, training: { evaluationOptions: { kind: "manual", testingSplitPercentage: 30 } } },
      /percentages with "manual"/,
    ],
    ["a score above one", { ...LEAST, thresholds: { macroF1: 80 } }, /thresholds\.macroF1 .*found 80/],
    ["one name for both deployments", { ...LEAST, deployment: { name: "a", stagingName: "a" } }, /stagingName/],
    [
      "no room for a second name",
      { ...LEAST, deployment: { name: "n".repeat(43) } },
      /deployment\.name .*43 characters.*at most 42.*50.*"strategy": "replace"/,
    ],
  ])("is refused for %s", (_, file, message) => {
    const problems = problemsOf(file);
    expect(problems.join("\n")).toMatch(message);
    expect(problems.join("\n")).not.toContain("s3cret");
  });

  it.each<[string, unknown, string, RegExp]>([
    ["a name with hyphens", { labels: "l.json" }, "my-project", /letters \(a-z, A-Z\) and digits/],
    ["no labels", {}, "Tickets", /no labels/],
    ["a model label with a point", { labels: "l.json", training: { modelLabel: "m.1" } }, "Tickets", /modelLabel/],
    ["a split", { labels: "l.json", training: { evaluationOptions: {} } }, "Tickets", /by itself/],
    ["health", { labels: "l.json", kind: "CustomHealthcare" }, "Tickets", /kind/],
    ["a language it did not know", { labels: "l.json", language: "sv" }, "Tickets", /language/],
  ])("of v1.0-preview.2 is refused for %s", (_, changes, project, message) => {
    const file = { ...LEAST, apiVersion: "v1.0-preview.2", ...(changes as object) };
    expect(problemsOf(file, project).join("\n")).toMatch(message);
  });

  it.each(["a b", "..", "-x", "a/b", "x".repeat(51), ""])("cannot lie in a folder called %j", (project) => {
    expect(problemsOf(LEAST, project).join("\n")).toContain("folder name");
  });

  it("that replaces needs no room for a second name, nor one that swaps under a name of its own", () => {
    const name = "n".repeat(50);
    const replaced = { ...LEAST, deployment: { name, strategy: "replace" } };
    expect(parseDefinition(JSON.stringify(replaced), "tickets").deployment).toEqual({ name, strategy: "replace" });
    expect(problemsOf({ ...LEAST, deployment: { name, stagingName: "waiting" } })).toEqual([]);
    expect(problemsOf({ ...LEAST, deployment: { name: "n".repeat(42) } })).toEqual([]);
  });

  it("reports all its problems at once", () => {
    expect(problemsOf({ kind: "x", language: "e", container: "A", extra: 1 })).toHaveLength(4);
  });
});

describe("the sample project files", () => {
  it.each(readdirSync("samples/projects"))("%s is in order", (file) => {
    const text = readFileSync(`samples/projects/${file}`, "utf8");
    expect(parseDefinition(text, basename(file, ".json")).deployment).toMatchObject({ name: "production" });
  });
});

describe("project.schema.json", () => {
  it("is what the schema says", () => {
    expect(JSON.parse(readFileSync("project.schema.json", "utf8"))).toEqual(
      JSON.parse(JSON.stringify(projectJsonSchema())),
    );
  });
});
