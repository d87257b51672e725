import { describe, expect, it } from "vitest";
import { checkLabelsFile } from "../../../src/lib/labels/check-labels.ts";
import { ENTITY_TEXT, goodEntities, problemsOf, rules, textsFor, textsOf } from "./labels-helpers.ts";

const entities = rules("CustomEntityRecognition");

describe("a problem of labelled entities", () => {
  const oneLabel = (label: { offset: number; length: number }, region = { regionOffset: 0, regionLength: 15 }) => {
    const file = goodEntities();
    const [first] = file.assets.documents;
    if (first !== undefined) first.entities = [{ ...region, labels: [{ category: "Person", ...label }] }];
    return file;
  };

  it.each([
    ["behind the text", { offset: 14, length: 9 }, undefined, ["LabelOutside"]],
    ["outside its region", { offset: 5, length: 3 }, { regionOffset: 8, regionLength: 4 }, ["LabelOutsideRegion"]],
    ["through an emoji", { offset: 9, length: 5 }, undefined, ["LabelSplitsCharacter"]],
    ["of no length", { offset: 5, length: 0 }, undefined, ["LabelLength"]],
    ["with a space at its end", { offset: 5, length: 4 }, undefined, ["LabelWithSpaces"]],
  ])("is found: a label %s", async (_, label, region, codes) => {
    const found = await problemsOf(oneLabel(label, region), entities, textsFor(ENTITY_TEXT));
    expect(found.map(({ code }) => code)).toEqual(codes);
    expect(found[0]).toMatchObject({ path: "assets.documents[0].entities[0].labels[0]", document: "0.txt" });
  });

  it("is a region longer than its text", async () => {
    const file = oneLabel({ offset: 5, length: 3 }, { regionOffset: 0, regionLength: 16 });
    const found = await problemsOf(file, entities, textsFor(ENTITY_TEXT));
    expect(found).toEqual([
      { severity: "error", code: "RegionOutside", path: "assets.documents[0].entities[0]", document: "0.txt" },
    ]);
  });

  it("is one label over another", async () => {
    const file = oneLabel({ offset: 5, length: 3 });
    file.assets.documents[0]?.entities[0]?.labels.push({ category: "Person", offset: 7, length: 2 });
    const found = await problemsOf(file, entities, textsFor(ENTITY_TEXT));
    expect(found.map(({ code, severity }) => `${severity} ${code}`)).toContain("warning OverlappingLabels");
  });

  it("is each label over a longer one, not only the next", async () => {
    const file = oneLabel({ offset: 0, length: 100 }, { regionOffset: 0, regionLength: 120 });
    const labels = file.assets.documents[0]?.entities[0]?.labels;
    labels?.push(...[10, 50].map((offset) => ({ category: "Person", offset, length: 5 })));
    const found = await problemsOf(file, entities, { ...textsFor(ENTITY_TEXT), "0.txt": "x".repeat(120) });
    expect(found.map(({ code, path }) => `${code} ${path}`)).toEqual([
      "OverlappingLabels assets.documents[0].entities[0].labels[1]",
      "OverlappingLabels assets.documents[0].entities[0].labels[2]",
    ]);
  });

  it("never shows the text", async () => {
    const file = oneLabel({ offset: 9, length: 500 });
    const report = await checkLabelsFile({ file: "f", value: file }, entities, textsOf(textsFor(ENTITY_TEXT)));
    expect(JSON.stringify(report.problems)).not.toContain("Ada");
  });
});
