import { describe, expect, it } from "vitest";
import { missedThresholds } from "../../../../src/lib/project/phases/evaluate.ts";

const EVALUATION = { macroF1: 0.8, microF1: undefined, classes: { a: { f1: 0.7 }, b: { f1: undefined } } };

describe("thresholds", () => {
  it.each([
    ["none", undefined, []],
    ["one that is just reached", { macroF1: 0.8, classes: { a: 0.7 } }, []],
    ["one that is missed", { macroF1: 0.81 }, ["macro F1 is 0.8, wanted 0.81"]],
    ["one for a score that is not known", { microF1: 0.1 }, ["micro F1 is unknown, wanted 0.1"]],
    [
      "some for classes without a score",
      { classes: { b: 0.2, c: 0.3, toString: 0.1 } },
      [
        'F1 of "b" is unknown, wanted 0.2',
        'F1 of "c" is unknown, wanted 0.3',
        'F1 of "toString" is unknown, wanted 0.1',
      ],
    ],
  ])("%s", (_, thresholds, missed) => {
    expect(missedThresholds(EVALUATION, thresholds)).toEqual(missed);
  });
});
