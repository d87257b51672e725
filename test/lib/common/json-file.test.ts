import { describe, expect, it } from "vitest";
import { jsonPath, readJson } from "../../../src/lib/common/json-file.ts";

const TEXT = `\uFEFF{
  // a comment
  "list": [
    { "a": 1 },
    { "b": { "c": true } }, /* another */
  ],
}`;

describe("readJson", () => {
  it("reads JSON with comments, trailing commas and a byte order mark", () => {
    const { value, problems } = readJson(TEXT);
    expect(value).toEqual({ list: [{ a: 1 }, { b: { c: true } }] });
    expect(problems).toEqual([]);
  });

  it.each([
    [["list", 1, "b", "c"], 5],
    [["list", 0], 4],
    [["list", 1, "b", "missing"], 5],
    [["list", 9], 3],
    [["nowhere"], 1],
    [[], 1],
  ])("finds the line of %j, or of what is around it", (path, line) => {
    expect(readJson(TEXT).lineOf(path)).toBe(line);
  });

  it.each(["", "{", '{"a" 1}', "[1,]]", "{'a': 1}"])("reports the mistake in %j with its line", (text) => {
    const { problems } = readJson(text);
    expect(problems[0]).toMatchObject({ line: 1, found: expect.stringContaining("a mistake in the JSON") });
  });

  it("reports a name used twice in one object, wherever it stands", () => {
    const { problems } = readJson('{\n"a": [\n{"x": 1,\n"x": 2}],\n"b": {"a": 1}\n}');
    expect(problems).toEqual([
      { where: "x", line: 4, found: "the same name twice in one object", expected: "it once" },
    ]);
  });
});

describe("jsonPath", () => {
  it.each([
    [["pipelines", 0, "tasks", 12, "name"], "pipelines[0].tasks[12].name"],
    [[], "the file"],
  ])("%j", (path, text) => {
    expect(jsonPath(path)).toBe(text);
  });

  it.each([
    ["[", "]"],
    ['{"a":', "}"],
    ["/* [ */ [", "]"],
  ])("says that %s, 20,000 times, is nested too deeply, and survives it", (open, close) => {
    const { problems } = readJson(`${open.repeat(20_000)}1${close.repeat(20_000)}`);
    expect(problems).toMatchObject([{ found: expect.stringContaining("100 times") }]);
  });

  it("takes brackets in texts and comments for what they are", () => {
    const text = JSON.stringify({ a: "[".repeat(500) });
    expect(readJson(`// ${"{".repeat(500)}\n${text}`).problems).toEqual([]);
  });
});
