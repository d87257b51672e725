import { describe, expect, it } from "vitest";
import { SettingsError } from "../../../src/lib/common/problems.ts";
import { parsePipelines } from "../../../src/lib/settings/pipelines.ts";

const parse = (more: object) =>
  parsePipelines(
    JSON.stringify({
      pipelines: [
        { name: "a", match: "**", apiVersion: "2023-04-01", tasks: [{ kind: "KeyPhraseExtraction" }], ...more },
      ],
    }),
    "pipelines.json",
  );

describe("what a pipeline says of its files", () => {
  it.each(["text", "a.b", "/ticket/description", "/a~1b/0/c~0d"])("may be where the text of JSON is: %s", (text) => {
    expect(parse({ json: { text }, attachments: "documents" })).toMatchObject([
      { json: { text }, attachments: "documents" },
    ]);
  });

  it.each([
    { json: {} },
    { json: { text: "" } },
    { json: { text: "/a~2" } },
    { json: { text: "a", id: "b" } },
    { attachments: "all" },
    { attachments: true },
  ])("is refused where it cannot be meant: %j", (more) => {
    expect(() => parse(more)).toThrow(SettingsError);
  });
});
