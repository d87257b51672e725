import { describe, expect, it } from "vitest";
import { SettingsError } from "../../../src/lib/common/problems.ts";
import { missingKeys, resourcesOf } from "../../../src/lib/settings/pipeline.ts";
import { parsePipelines } from "../../../src/lib/settings/pipelines.ts";

const ONE = "https://one.cognitiveservices.azure.com";
const TWO = "https://two.cognitiveservices.azure.com";

function parse(about: Record<string, unknown>) {
  const tasks = [{ kind: "KeyPhraseExtraction" }];
  const pipeline = { name: "tickets", match: "**", apiVersion: "2023-04-01", tasks, ...about };
  return parsePipelines(JSON.stringify({ pipelines: [pipeline] }), "pipelines.json");
}

/** What is said of these resources: where, what was found, and what was expected. */
function problemsOf(about: Record<string, unknown>): string[] {
  try {
    parse(about);
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.problems.map(({ where, found, expected }) => `${where}: found ${found}, expected ${expected}`);
  }
}

describe("several Language resources of a pipeline", () => {
  it("are one with a key and one with the application's identity, each as it stands", () => {
    const endpoints = [{ endpoint: `${ONE}/`, keySetting: "LANGUAGE_KEY_ONE" }, { endpoint: TWO }];
    const pipelines = parse({ endpoints });
    expect(resourcesOf(pipelines)).toEqual([{ endpoint: ONE, keySetting: "LANGUAGE_KEY_ONE" }, { endpoint: TWO }]);
    expect(missingKeys({ LANGUAGE_KEY_ONE: "k" }, pipelines)).toEqual([]);
  });

  it("name the key that is not there once, however many of them want it", () => {
    const endpoints = [ONE, TWO].map((endpoint) => ({ endpoint, keySetting: "LANGUAGE_KEY_BOTH" }));
    expect(missingKeys({}, parse({ endpoints })).map(({ where }) => where)).toEqual(["LANGUAGE_KEY_BOTH"]);
  });

  it.each([
    ["a doubled address", [ONE, TWO, `${ONE}/`], 2, "as in endpoints[0]"],
    ["an address that is none", [ONE, "one"], 1, '"one"'],
    ["an address without encryption", [ONE, "http://two.cognitiveservices.azure.com"], 1, "http://two"],
    ["an address with a query", [ONE, `${TWO}?api-version=1`], 1, "(query)"],
    ["an address that leads to an operation", [`${ONE}/language/analyze-text/jobs`], 0, "/language/analyze-text/jobs"],
  ])("%s is told by its place in the list", (_, addresses, place, words) => {
    const [problem = "", ...others] = problemsOf({ endpoints: addresses.map((endpoint) => ({ endpoint })) });
    expect(problem).toContain(`endpoints[${place}].endpoint: found`);
    expect(problem).toContain(words);
    expect(others).toEqual([]);
  });

  it("never show a password of an address", () => {
    const [problem = ""] = problemsOf({
      endpoints: [{ endpoint: "https://me:secret@one.cognitiveservices.azure.com" }],
    });
    expect(problem).toContain("endpoints[0].endpoint");
    expect(problem).not.toContain("secret");
  });

  it.each([
    ["a setting that holds no key", [{ endpoint: ONE, keySetting: "AzureWebJobsStorage" }], "endpoints[0].keySetting"],
    ["a key in place of a setting's name", [{ endpoint: ONE }, { endpoint: TWO, key: "abc" }], "endpoints[1]"],
    ["an empty list", [], "endpoints"],
    ["an entry without an address", [{ endpoint: ONE }, {}], "endpoints[1].endpoint"],
  ])("%s is refused where it stands", (_, endpoints, place) => {
    const [problem = ""] = problemsOf({ endpoints });
    expect(problem).toContain(place);
  });

  it("stand in place of a single endpoint, not beside it", () => {
    expect(problemsOf({ endpoint: ONE, endpoints: [{ endpoint: TWO }] })).toEqual([
      expect.stringContaining("endpoint: found it, beside endpoints, expected one of the two"),
    ]);
  });
});
