import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Pipeline } from "../../../src/lib/settings/pipeline.ts";
import { matchPipelines } from "../../../src/lib/settings/pipeline.ts";

function pipeline(match: string): Pipeline {
  return { name: "p", match, apiVersion: "2023-04-01", tasks: [], lanes: 4, maxWaitSeconds: 5 };
}

function matches(glob: string, name: string): boolean {
  return matchPipelines([pipeline(glob)], name).length === 1;
}

describe("matchPipelines", () => {
  it.each([
    ["tickets/**", "tickets/a.txt"],
    ["tickets/**", "tickets/2024/05/a.txt"],
    ["tickets/**", "tickets/.hidden/.a"],
    ["tickets/**", "tickets/a//b.txt"],
    ["tickets/**", "tickets/../b.txt"],
    ["tickets/**", "tickets/./b.txt"],
    ["tickets/**", "tickets/100% #1?.txt"],
    ["tickets/**", "tickets/[draft] (2).txt"],
    ["tickets/**", "tickets/line\nbreak.txt"],
    ["tickets/**", "tickets/back\\slash.txt"],
    ["tickets/**", "tickets/日本語/été.txt"],
    ["tickets/**/*.txt", "tickets/a.txt"],
    ["*.{txt,md}", "a.md"],
    ["**/*.txt", "deep/er/a.txt"],
    ["!tickets/**", "contracts/a.txt"],
    ["reports/\\[draft\\]/*", "reports/[draft]/a.txt"],
    ["a b/*", "a b/c d.txt"],
  ])("%s takes %j", (glob, name) => {
    expect(matches(glob, name)).toBe(true);
  });

  it.each([
    ["tickets/**", "Tickets/a.txt"],
    ["tickets/**", "tickets2/a.txt"],
    ["tickets/**", "old/tickets/a.txt"],
    ["tickets/*", "tickets/2024/a.txt"],
    ["*.txt", "folder/a.txt"],
    ["*.txt", "a.TXT"],
    ["!tickets/**", "tickets/a.txt"],
    ["tickets/*", "tickets\\a.txt"],
  ])("%s leaves %j", (glob, name) => {
    expect(matches(glob, name)).toBe(false);
  });

  it("takes every name for **, so that a pipeline for everything misses nothing", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }), (name) => matches("**", name)));
    const awkward = fc.array(fc.constantFrom("/", ".", "..", "\n", "\\", "*", "a", "[", "{", " "), { minLength: 1 });
    fc.assert(fc.property(awkward, (parts) => matches("**", parts.join(""))));
  });

  it("gives a document to each pipeline that wants it, in the order of the file", () => {
    const all = pipeline("**");
    const tickets = pipeline("tickets/**");
    const contracts = pipeline("contracts/**");
    expect(matchPipelines([tickets, contracts, all], "tickets/a.txt")).toEqual([tickets, all]);
    expect(matchPipelines([tickets, contracts], "notes/a.txt")).toEqual([]);
  });
});
