import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readLabels, type WritableFormat, writeLabels } from "../../../../src/lib/labels/formats/formats.ts";
import { type Labels, LabelsProblems } from "../../../../src/lib/labels/labels.ts";
import type { ProjectKind } from "../../../../src/lib/language/authoring/authoring.ts";

const FORMATS: readonly WritableFormat[] = ["assets", "indexed-tags", "named-tags"];
const KINDS = ["CustomSingleLabelClassification", "CustomMultiLabelClassification", "CustomEntityRecognition"] as const;

/** What labels say, without where they said it. */
function essence({ kind, categories, documents }: Labels): unknown {
  return {
    kind,
    categories: categories.map(({ name }) => name),
    documents: documents.map(({ location, language, classes, regions }) => ({
      location,
      language,
      classes: classes.map(({ category }) => category),
      regions: regions.map(({ offset, length, labels }) => ({
        offset,
        length,
        labels: labels.map((span) => ({ category: span.category, offset: span.offset, length: span.length })),
      })),
    })),
  };
}

const read = (file: unknown, kind: ProjectKind) => {
  const problems = new LabelsProblems("test");
  const outcome = readLabels(JSON.parse(JSON.stringify(file)), kind, problems);
  expect(problems.all).toEqual([]);
  if (outcome === undefined) throw new Error("unreadable");
  return outcome;
};

const anyLabels: fc.Arbitrary<Labels> = fc
  .record({
    kind: fc.constantFrom(...KINDS),
    names: fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 4 }),
    locations: fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}\.txt$/), { maxLength: 5 }),
    picks: fc.array(fc.nat(1000), { minLength: 30, maxLength: 30 }),
  })
  .map(({ kind, names, locations, picks }) => {
    const pick = (n: number, below: number) => (picks[n % picks.length] ?? 0) % below;
    const nameAt = (n: number) => names[pick(n, names.length)] ?? "";
    const many = kind === "CustomSingleLabelClassification" ? 1 : names.length;
    return {
      kind,
      categories: names.map((name) => ({ at: [], name, more: {} })),
      documents: locations.map((location, n) => ({
        at: [],
        location,
        language: ["en-us", "de", "pt-br"][pick(n, 3)],
        classes:
          kind === "CustomEntityRecognition"
            ? []
            : [...new Set(Array.from({ length: many }, (_, k) => nameAt(n + k)))].map((category) => ({
                at: [],
                category,
              })),
        regions:
          kind === "CustomEntityRecognition"
            ? [
                {
                  at: [],
                  offset: 0,
                  length: 90,
                  labels: [{ at: [], category: nameAt(n), offset: pick(n, 50), length: 1 + pick(n + 1, 9) }],
                },
              ]
            : [],
        more: {},
      })),
    };
  });

describe("labels", () => {
  it("say the same in every format", () => {
    fc.assert(
      fc.property(anyLabels, (labels) => {
        for (const format of FORMATS) {
          const outcome = read(writeLabels(labels, format, "en-us"), labels.kind);
          expect(outcome.format).toBe(format);
          expect(essence(outcome.labels)).toEqual(essence(labels));
        }
      }),
    );
  });

  it("become the tags file of summer 2021, classes by number and languages as cultures", () => {
    const file = {
      classes: [{ category: "Billing" }, { category: "Access" }],
      documents: [
        {
          location: "a.txt",
          language: "en",
          dataset: "Train",
          classes: [{ category: "Access" }, { category: "Billing" }],
        },
        { location: "b.txt", classes: [] },
      ],
    };
    const { labels } = read(file, "CustomMultiLabelClassification");
    expect(writeLabels(labels, "indexed-tags", "de")).toEqual({
      intentNames: ["Billing", "Access"],
      documents: [
        { location: "a.txt", culture: "en-US", intents: [1, 0] },
        { location: "b.txt", culture: "de-DE", intents: [] },
      ],
    });
  });

  it("become the tags file of November 2021, classes as classifiers", () => {
    const file = { classes: [{ category: "x" }], documents: [{ location: "a.txt", class: { category: "x" } }] };
    const { labels } = read(file, "CustomSingleLabelClassification");
    expect(writeLabels(labels, "named-tags", "en")).toEqual({
      classifiers: [{ name: "x" }],
      documents: [{ location: "a.txt", language: "en", classifiers: [{ classifierName: "x" }] }],
    });
  });

  it("are read from a tags file of summer 2021 with entities", () => {
    const file = {
      entityNames: ["Person", "Team"],
      documents: [
        {
          location: "a.txt",
          culture: "fr-FR",
          entities: [{ regionStart: 2, regionLength: 20, labels: [{ entity: 1, start: 4, length: 3 }] }],
        },
      ],
    };
    const { labels } = read(file, "CustomEntityRecognition");
    expect(writeLabels(labels, "assets", "en")).toEqual({
      projectKind: "CustomEntityRecognition",
      entities: [{ category: "Person" }, { category: "Team" }],
      documents: [
        {
          location: "a.txt",
          language: "fr",
          entities: [{ regionOffset: 2, regionLength: 20, labels: [{ category: "Team", offset: 4, length: 3 }] }],
        },
      ],
    });
  });

  it("name a class number that is none, with its place", () => {
    const problems = new LabelsProblems("tags.json");
    readLabels(
      { intentNames: ["a"], documents: [{ location: "d.txt", intents: [0, 1] }] },
      "CustomMultiLabelClassification",
      problems,
    );
    expect(problems.all).toMatchObject([
      { code: "UnknownClass", path: "documents[0].intents[1]", document: "d.txt", found: "1" },
    ]);
  });

  it("keep what the assets say besides", () => {
    const file = {
      entities: [{ category: "Clinic", list: { sublists: [] }, somethingNew: 1 }],
      documents: [{ location: "a.txt", dataset: "Test", entities: [], annotator: "me" }],
    };
    const { labels } = read(file, "CustomHealthcare");
    expect(writeLabels(labels, "assets", "en")).toMatchObject({
      entities: [{ category: "Clinic", list: { sublists: [] }, somethingNew: 1 }],
      documents: [{ dataset: "Test", annotator: "me" }],
    });
    expect(() => writeLabels(labels, "indexed-tags", "en")).toThrow(RangeError);
  });
});
