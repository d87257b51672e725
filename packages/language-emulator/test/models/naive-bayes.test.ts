import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { trainMultiLabel, trainSingleLabel } from "../../src/models/naive-bayes.ts";

const FRUIT = [
  { text: "apple pie with apple sauce", classes: ["apple"] },
  { text: "baked apples and cider", classes: ["apple"] },
  { text: "pear tart with pear brandy", classes: ["pear"] },
  { text: "pears poached in wine", classes: ["pear"] },
  { text: "apple and pear compote", classes: ["apple", "pear"] },
  { text: "grilled fish with lemon", classes: [] },
  { text: "roast potatoes with rosemary", classes: [] },
];
const CATEGORIES = ["apple", "pear"];

describe("one label", () => {
  const single = trainSingleLabel(
    FRUIT.filter(({ classes }) => classes.length === 1),
    CATEGORIES,
  );

  it.each([
    ["Apples!", "apple"],
    ["a ripe PEAR", "pear"],
  ])("the text %j is of the class %s", (text, category) => {
    expect(single.classify(text)).toMatchObject([{ category }]);
  });

  it("is always given, with a score of two decimals", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const [answer, ...others] = single.classify(text);
        expect(others).toEqual([]);
        expect(CATEGORIES).toContain(answer?.category);
        expect(answer?.confidenceScore).toBeGreaterThanOrEqual(0.5);
        expect(answer?.confidenceScore).toBe(Math.round((answer?.confidenceScore ?? 0) * 100) / 100);
      }),
    );
  });
});

describe("several labels", () => {
  const multi = trainMultiLabel(FRUIT, CATEGORIES);

  it.each([
    ["apple cider", ["apple"]],
    ["a compote of apple and pear", ["apple", "pear"]],
    ["fish and potatoes", []],
    ["", []],
  ])("the text %j is of the classes %j", (text, categories) => {
    expect(
      multi
        .classify(text)
        .map(({ category }) => category)
        .toSorted(),
    ).toEqual(categories);
  });
});

it("a class without a text is never given", () => {
  expect(trainMultiLabel(FRUIT, ["plum"]).classify("plum")).toEqual([]);
  expect(trainSingleLabel([{ text: "apple", classes: ["apple"] }], ["apple", "plum"]).classify("plum")).toMatchObject([
    { category: "apple" },
  ]);
});
