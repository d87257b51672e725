import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scoreTest } from "../../src/projects/training/score.ts";
import type { TestedDocument, TestedRegion } from "../../src/projects/training/test-model.ts";

function classed(expected: string[], predicted: string[]): TestedDocument {
  return { location: "d.txt", language: "en", expectedClasses: expected, predictedClasses: predicted };
}

/** Entities as `category@offset+length`. */
function marked(expected: string[], predicted: string[]): TestedDocument {
  const read = (entities: string[]): TestedRegion["expected"] =>
    entities.map((entity) => {
      const [category = "", place = ""] = entity.split("@");
      const [offset, length] = place.split("+").map(Number);
      return { category, offset: offset ?? 0, length: length ?? 0 };
    });
  const region = { regionOffset: 0, regionLength: 100, expected: read(expected), predicted: read(predicted) };
  return { location: "d.txt", language: "en", regions: [region] };
}

describe("a test of one class a document", () => {
  // a is found 2 of 3 times, and once wrongly; b is found 1 of 2 times, and once wrongly.
  const scores = scoreTest([
    classed(["a"], ["a"]),
    classed(["a"], ["a"]),
    classed(["a"], ["b"]),
    classed(["b"], ["b"]),
    classed(["b"], ["a"]),
  ]);

  it("counts by class", () => {
    expect(scores.categories.a).toEqual({
      f1: expect.closeTo(2 / 3),
      precision: expect.closeTo(2 / 3),
      recall: expect.closeTo(2 / 3),
      truePositiveCount: 2,
      trueNegativeCount: 1,
      falsePositiveCount: 1,
      falseNegativeCount: 1,
    });
    expect(scores.categories.b).toMatchObject({ f1: 0.5, truePositiveCount: 1, trueNegativeCount: 2 });
  });

  it("averages over decisions and over classes", () => {
    expect(scores).toMatchObject({ microF1: 0.6, microPrecision: 0.6, microRecall: 0.6 });
    expect(scores.macroF1).toBeCloseTo((2 / 3 + 1 / 2) / 2);
  });

  it("says what was taken for what, as count and as percentage of the row", () => {
    expect(scores.confusionMatrix).toEqual({
      a: {
        a: { rawValue: 2, normalizedValue: expect.closeTo(66.67, 1) },
        b: { rawValue: 1, normalizedValue: expect.closeTo(33.33, 1) },
      },
      b: { b: { rawValue: 1, normalizedValue: 50 }, a: { rawValue: 1, normalizedValue: 50 } },
    });
  });
});

describe("a test of several classes a document", () => {
  it("counts what was missed and what was too much", () => {
    const scores = scoreTest([classed(["a", "b"], ["a"]), classed([], ["b"]), classed(["b"], ["b"])]);
    expect(scores.categories).toMatchObject({
      a: { truePositiveCount: 1, falsePositiveCount: 0, falseNegativeCount: 0, trueNegativeCount: 2 },
      b: { truePositiveCount: 1, falsePositiveCount: 1, falseNegativeCount: 1, trueNegativeCount: 0 },
    });
    expect(scores.confusionMatrix.$none).toEqual({ b: { rawValue: 1, normalizedValue: 100 } });
  });
});

describe("a test of entities", () => {
  it("takes an entity for right when place, length and type are", () => {
    const scores = scoreTest([marked(["P@0+5", "P@10+5", "T@20+4"], ["P@0+5", "P@10+4", "P@20+4"])]);
    expect(scores.categories).toMatchObject({
      P: { truePositiveCount: 1, falsePositiveCount: 2, falseNegativeCount: 1, trueNegativeCount: 0 },
      T: { truePositiveCount: 0, falsePositiveCount: 0, falseNegativeCount: 1, trueNegativeCount: 0 },
    });
    expect(scores.confusionMatrix).toMatchObject({
      P: { P: { rawValue: 1 }, $none: { rawValue: 1 } },
      T: { P: { rawValue: 1 } },
      $none: { P: { rawValue: 1 } },
    });
  });
});

describe("any test", () => {
  const names = fc.uniqueArray(fc.constantFrom("a", "b", "c"));
  const documents = fc.array(fc.tuple(names, names).map(([expected, predicted]) => classed(expected, predicted)));

  it("keeps every score between 0 and 1, and accounts for every document", () => {
    fc.assert(
      fc.property(documents, (tested) => {
        const { categories, confusionMatrix: _, ...averages } = scoreTest(tested);
        for (const value of Object.values(averages)) expect(value >= 0 && value <= 1).toBe(true);
        for (const { f1, precision, recall, ...counts } of Object.values(categories)) {
          for (const value of [f1, precision, recall]) expect(value >= 0 && value <= 1).toBe(true);
          expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(tested.length);
        }
      }),
    );
  });

  it("is perfect when everything is right", () => {
    fc.assert(
      fc.property(
        fc.array(
          names.filter((each) => each.length > 0),
          { minLength: 1 },
        ),
        (labels) => {
          const { microF1, macroF1 } = scoreTest(labels.map((each) => classed(each, each)));
          expect([microF1, macroF1]).toEqual([1, 1]);
        },
      ),
    );
  });
});
