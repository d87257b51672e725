import { describe, expect, it } from "vitest";
import { SettingsError } from "../../../src/lib/common/problems.ts";
import { parsePipelines } from "../../../src/lib/settings/pipelines.ts";

function parse(rows: unknown) {
  const pipeline = { name: "a", match: "**", apiVersion: "2023-04-01", tasks: [{ kind: "KeyPhraseExtraction" }], rows };
  return parsePipelines(JSON.stringify({ pipelines: [pipeline] }), "pipelines.json")[0]?.rows;
}

function problemsOf(rows: unknown): string[] {
  try {
    parse(rows);
    return [];
  } catch (error) {
    return error instanceof SettingsError ? error.problems.map(({ where, expected }) => `${where}: ${expected}`) : [];
  }
}

describe("rows of a pipeline", () => {
  it("need no more than the column of the text", () => {
    expect(parse({ text: "comment" })).toEqual({
      text: "comment",
      quote: '"',
      header: true,
      rowsPerPart: 500,
      unchanged: "keep",
    });
  });

  it.each([
    ["nothing", {}, "pipelines[0].rows.text: the name of a column"],
    [
      "columns by name in files that name none",
      { text: "t", header: false },
      "pipelines[0].rows.text: the number of a column",
    ],
    ["two characters between fields", { text: 1, delimiter: "::" }, "pipelines[0].rows.delimiter: one ASCII character"],
    [
      "a part too large for a lane",
      { text: 1, rowsPerPart: 9_999 },
      "pipelines[0].rows.rowsPerPart: a whole number of rows",
    ],
    ["another word", { text: 1, unchanged: "skip" }, 'pipelines[0].rows.unchanged: "keep" or "analyse"'],
    ["a setting that there is not", { text: 1, seperator: ";" }, "pipelines[0].rows.seperator: one of"],
  ])("are refused with %s, where that stands and what should", (_, rows, problem) => {
    expect(problemsOf(rows)).toEqual([expect.stringContaining(problem)]);
  });
});
