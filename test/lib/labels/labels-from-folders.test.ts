import { describe, expect, it } from "vitest";
import { writeAssets } from "../../../src/lib/labels/formats/assets.ts";
import { LabelsProblems } from "../../../src/lib/labels/labels.ts";
import { labelsFromFolders, rootName } from "../../../src/lib/labels/labels-from-folders.ts";

async function* names(...all: string[]): AsyncGenerator<string> {
  yield* all;
}

describe("labels from folders", () => {
  it("make each folder at the root a class of the texts below it", async () => {
    const problems = new LabelsProblems("folders");
    const found = names("outage/a.txt", "billing/2024/b.txt", "billing/c.TXT", "billing/readme.md", "labels.json");
    const labels = await labelsFromFolders(found, "CustomSingleLabelClassification", problems);
    expect(writeAssets(labels, "en")).toEqual({
      projectKind: "CustomSingleLabelClassification",
      classes: [{ category: "billing" }, { category: "outage" }],
      documents: [
        { location: "outage/a.txt", language: "en", class: { category: "outage" } },
        { location: "billing/2024/b.txt", language: "en", class: { category: "billing" } },
        { location: "billing/c.TXT", language: "en", class: { category: "billing" } },
      ],
    });
    expect(problems.all).toEqual([]);
  });

  it("take the copies at the root, which the service reads, for no texts of their own", async () => {
    const problems = new LabelsProblems("folders");
    const found = names("a/b.txt", rootName("a/b.txt"));
    const labels = await labelsFromFolders(found, "CustomSingleLabelClassification", problems);
    expect(labels.documents).toHaveLength(1);
    expect(problems.all).toEqual([]);
  });

  it("leave out texts that lie in no folder, and say so", async () => {
    const problems = new LabelsProblems("folders");
    const labels = await labelsFromFolders(names("stray.txt", "a/b.txt"), "CustomMultiLabelClassification", problems);
    expect(labels.documents.map(({ location }) => location)).toEqual(["a/b.txt"]);
    expect(problems.all).toMatchObject([{ severity: "warning", code: "NoFolder", document: "stray.txt" }]);
  });
});

describe("the name of a copy at the root", () => {
  it("is plain, keeps what can be read, and differs for texts that differ", () => {
    expect(rootName("billing/2024/Überweisung 7.txt")).toMatch(/^billing-2024-berweisung-7-[0-9a-f]{10}\.txt$/);
    expect(rootName("a/b-c.txt")).not.toBe(rootName("a-b/c.txt"));
    expect(rootName(`a/${"x".repeat(500)}.txt`).length).toBeLessThan(80);
  });
});
