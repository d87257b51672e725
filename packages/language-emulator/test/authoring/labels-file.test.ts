import { describe, expect, it } from "vitest";
import { readLabelsFile } from "../../src/authoring/preview/labels-file.ts";
import type { ProjectKind } from "../../src/projects/project-file.ts";

const SINGLE = "CustomSingleLabelClassification";
const MULTI = "CustomMultiLabelClassification";
const ENTITIES = "CustomEntityRecognition";

const intents = (list: number[], location = "a.txt") => ({
  intentNames: ["x", "y"],
  documents: [{ location, culture: "en-US", intents: list }],
});

describe("a labels file of 2021", () => {
  it.each<[string, ProjectKind, object, object]>([
    [
      "one class by index",
      SINGLE,
      intents([1]),
      {
        classes: [{ category: "x" }, { category: "y" }],
        documents: [{ location: "a.txt", language: "en-US", class: { category: "y" } }],
      },
    ],
    ["no class", SINGLE, intents([]), { documents: [{ location: "a.txt", language: "en-US" }] }],
    [
      "several classes by index",
      MULTI,
      intents([0, 1]),
      { documents: [{ classes: [{ category: "x" }, { category: "y" }] }] },
    ],
    [
      "classes by name",
      MULTI,
      {
        classifiers: [{ name: "x" }],
        documents: [{ location: "a.txt", language: "de", classifiers: [{ classifierName: "x" }] }],
      },
      {
        classes: [{ category: "x" }],
        documents: [{ location: "a.txt", language: "de", classes: [{ category: "x" }] }],
      },
    ],
    [
      "entities by index",
      ENTITIES,
      {
        entityNames: ["P"],
        documents: [
          {
            location: "a.txt",
            entities: [{ regionStart: 1, regionLength: 9, labels: [{ entity: 0, start: 2, length: 3 }] }],
          },
        ],
      },
      {
        entities: [{ category: "P" }],
        documents: [
          { entities: [{ regionOffset: 1, regionLength: 9, labels: [{ category: "P", offset: 2, length: 3 }] }] },
        ],
      },
    ],
    [
      "entities by name",
      ENTITIES,
      {
        extractors: [{ name: "P" }],
        documents: [
          {
            location: "a.txt",
            extractors: [{ regionOffset: 0, regionLength: 9, labels: [{ extractorName: "P", offset: 2, length: 3 }] }],
          },
        ],
      },
      { documents: [{ entities: [{ regionOffset: 0, labels: [{ category: "P", offset: 2, length: 3 }] }] }] },
    ],
  ])("gives %s", (_, kind, file, expected) => {
    expect(readLabelsFile(JSON.stringify(file), "labels.json", kind)).toMatchObject({ projectKind: kind, ...expected });
  });

  it.each([
    ["labels.json", "a.txt", "a.txt"],
    ["labels.json", "dir/a.txt", "dir/a.txt"],
    ["year/labels.json", "a.txt", "year/a.txt"],
    ["year/labels.json", "../a.txt", "a.txt"],
  ])("at %s finds %s at %s", (path, location, expected) => {
    const { documents } = readLabelsFile(JSON.stringify(intents([0], location)), path, SINGLE);
    expect(documents[0]?.location).toBe(expected);
  });

  it.each<[string, ProjectKind, unknown, RegExp]>([
    ["a file of another kind", SINGLE, { tags: [] }, /none of intentNames, entityNames, classifiers, extractors/],
    ["a list", SINGLE, [], /none of intentNames/],
    [
      "entities for classes",
      SINGLE,
      { entityNames: [], documents: [] },
      /labels entities, but the project needs classes/,
    ],
    ["two classes for one", SINGLE, intents([0, 1]), /'a\.txt' has more than one class/],
    ["an index beyond the names", MULTI, intents([2]), /'a\.txt' is labelled 2, but the names end at 1/],
    ["a document without a place", MULTI, { intentNames: [], documents: [{ intents: [] }] }, /documents\.0\.location/],
    ["a class name that is not allowed", MULTI, { intentNames: ["50%"], documents: [] }, /classes\.0\.category/],
  ])("is refused: %s", (_, kind, file, message) => {
    expect(() => readLabelsFile(JSON.stringify(file), "labels.json", kind)).toThrow(message);
  });

  it("is refused when it is no JSON", () => {
    expect(() => readLabelsFile("intentNames:", "labels.json", SINGLE)).toThrow("it is not JSON");
  });
});
