import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type SplitDocument, splitByDataset, splitByShare } from "../../src/projects/training/split-documents.ts";

const category = fc.constantFrom("a", "b", "c");
const documents: fc.Arbitrary<SplitDocument[]> = fc
  .array(fc.record({ categories: fc.uniqueArray(category), dataset: fc.constantFrom(undefined, "Train", "Test") }), {
    minLength: 10,
    maxLength: 60,
  })
  .map((list) => list.map((document, index) => ({ ...document, location: `${index}.txt` })));
const shares = fc.record({ test: fc.double({ min: 0, max: 0.5, noNaN: true }), validation: fc.constantFrom(0, 0.1) });

function plain(count: number, categories: (index: number) => string[]): SplitDocument[] {
  return Array.from({ length: count }, (_, index) => ({ location: `${index}.txt`, categories: categories(index) }));
}

describe("documents divided by shares", () => {
  it("each come into exactly one set, those marked Test into none", () => {
    fc.assert(
      fc.property(documents, shares, (list, wanted) => {
        const { training, validation, test } = splitByShare(list, wanted, "seed");
        const all = [...training, ...validation, ...test];
        expect(all.toSorted()).toEqual(
          list
            .filter(({ dataset }) => dataset !== "Test")
            .map(({ location }) => location)
            .toSorted(),
        );
      }),
    );
  });

  it("leave every category something to be learned from", () => {
    fc.assert(
      fc.property(documents, shares, (list, wanted) => {
        const candidates = list.filter(({ dataset }) => dataset !== "Test");
        const { training } = splitByShare(list, wanted, "seed");
        const learned = new Set(
          candidates.filter(({ location }) => training.has(location)).flatMap(({ categories }) => categories),
        );
        expect(learned).toEqual(new Set(candidates.flatMap(({ categories }) => categories)));
      }),
    );
  });

  it("are divided alike for the same seed, whatever their order, and differently for another", () => {
    const list = plain(40, (index) => [index % 2 === 0 ? "a" : "b"]);
    const wanted = { test: 0.2, validation: 0 };
    const first = splitByShare(list, wanted, "seed").test;
    expect(splitByShare(list.toReversed(), wanted, "seed").test).toEqual(first);
    expect(splitByShare(list, wanted, "other").test).not.toEqual(first);
  });

  it("have each class in proportion", () => {
    const list = plain(100, (index) => [index < 80 ? "many" : "few"]);
    const { test, validation } = splitByShare(list, { test: 0.2, validation: 0.1 }, "seed");
    const few = (set: Set<string>): number => [...set].filter((location) => Number.parseInt(location, 10) >= 80).length;
    expect([test.size, few(test), validation.size, few(validation)]).toEqual([20, 4, 10, 2]);
  });
});

describe("documents divided by hand", () => {
  it("are for tests when they say so, and otherwise learned from", () => {
    const list = [
      { location: "a", categories: [], dataset: "Train" },
      { location: "b", categories: [], dataset: "Test" },
      { location: "c", categories: [] },
    ];
    expect(splitByDataset(list)).toEqual({
      training: new Set(["a", "c"]),
      validation: new Set(),
      test: new Set(["b"]),
    });
  });
});
