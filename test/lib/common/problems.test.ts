import { describe, expect, it } from "vitest";
import { quote, SettingsError } from "../../../src/lib/common/problems.ts";

describe("SettingsError", () => {
  it("lists its problems, each with place, finding, expectation and hint", () => {
    const error = new SettingsError("pipelines.json", [
      { where: "pipelines[0].name", line: 4, found: "nothing", expected: "a name" },
      { where: "pipelines", found: "[]", expected: "a pipeline", hint: "Add one." },
    ]);
    expect(error.message).toBe(
      "pipelines.json: 2 problems. pipelines[0].name (line 4): found nothing, expected a name. pipelines: found [], expected a pipeline. Add one.",
    );
  });
});

describe("quote", () => {
  it.each([
    [undefined, "nothing"],
    [null, "null"],
    ["a\nb", '"a\\nb"'],
    [[1], "[1]"],
    [Symbol.iterator, "symbol"],
    ["x".repeat(100), `"${"x".repeat(58)}…`],
  ])("%#", (value, text) => {
    expect(quote(value)).toBe(text);
  });
});
