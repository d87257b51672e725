import { describe, expect, it } from "vitest";
import { KNOWN_VERSIONS, kindsOf, parseApiVersion, since } from "../../../src/lib/language/api-versions.ts";

describe("parseApiVersion", () => {
  it.each([
    ["2023-04-01", { generation: "analyze-text", date: "2023-04-01", preview: false }],
    ["2023-04-15-preview", { generation: "analyze-text", date: "2023-04-15", preview: true }],
    ["2030-02-01", { generation: "analyze-text", date: "2030-02-01", preview: false }],
    ["2030-02-01-preview", { generation: "analyze-text", date: "2030-02-01", preview: true }],
    ["v3.1-preview.ct.1", { generation: "text-analytics-v3", date: "", preview: true }],
    ["v3.2-preview.2", { generation: "text-analytics-v3", date: "", preview: true }],
  ])("understands %s", (text, expected) => {
    expect(parseApiVersion(text)).toEqual({ text, ...expected });
  });

  it.each([
    "2023-04-02",
    "2022-05-01-preview",
    "2021-11-01-preview",
    "2030-13-01",
    "latest",
    "v3.1",
    "2023-04-01 ",
    "",
  ])("knows no version %j", (text) => {
    expect(parseApiVersion(text)).toBeUndefined();
  });

  it("understands every version it names", () => {
    for (const text of KNOWN_VERSIONS)
      expect(kindsOf(parseApiVersion(text) ?? expect.unreachable(text))).not.toEqual([]);
  });
});

describe("since", () => {
  it.each([
    ["2023-04-01", false],
    ["2024-11-01", true],
    ["2023-11-15-preview", true],
    ["2022-10-01-preview", false],
    ["v3.2-preview.2", false],
  ])("counts stable and preview versions apart: %s is %s", (text, expected) => {
    const version = parseApiVersion(text);
    expect(version && since({ stable: "2024-11-01", preview: "2023-11-15" })(version)).toBe(expected);
  });

  it("takes a missing date for never", () => {
    const version = parseApiVersion("2026-05-01");
    expect(version && since({ preview: "2023-11-15" })(version)).toBe(false);
  });
});
