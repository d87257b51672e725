import type { CategoryScores, ConfusionMatrix, LabelledEntity, ModelScores, TestedDocument } from "./test-model.ts";

/** One decision of a test: what was labelled and what was found; undefined where there was nothing. */
interface Decision {
  expected: string | undefined;
  predicted: string | undefined;
}

/** Row and column of the confusion matrix for what was not labelled, or not found. */
const NONE = "$none";

/** Scores a test. Classes are right or wrong by document; entities are right when place, length and type are. */
export function scoreTest(documents: readonly TestedDocument[]): ModelScores {
  const decisions = documents.flatMap((document) =>
    "regions" in document
      ? document.regions.flatMap(({ expected, predicted }) => matchEntities(expected, predicted))
      : matchClasses(document.expectedClasses, document.predictedClasses),
  );
  const names = [...new Set(decisions.flatMap(({ expected, predicted }) => [expected ?? [], predicted ?? []].flat()))];
  const negatives = documents.every((document) => "regions" in document) ? 0 : documents.length;
  const scores = names.map((name) => scoreCategory(name, decisions, negatives));
  const mean = (of: (category: CategoryScores) => number): number =>
    ratio(
      scores.reduce((sum, category) => sum + of(category), 0),
      scores.length,
    );
  const sum = (of: (category: CategoryScores) => number): number => scores.reduce((total, each) => total + of(each), 0);
  const right = sum((category) => category.truePositiveCount);
  const microPrecision = ratio(right, right + sum((category) => category.falsePositiveCount));
  const microRecall = ratio(right, right + sum((category) => category.falseNegativeCount));
  return {
    categories: Object.fromEntries(names.map((name, index) => [name, scores[index] ?? scoreCategory(name, [], 0)])),
    microF1: harmonicMean(microPrecision, microRecall),
    microPrecision,
    microRecall,
    macroF1: mean(({ f1 }) => f1),
    macroPrecision: mean(({ precision }) => precision),
    macroRecall: mean(({ recall }) => recall),
    confusionMatrix: confusionMatrix(decisions),
  };
}

function matchClasses(expected: readonly string[], predicted: readonly string[]): Decision[] {
  const right = expected.filter((name) => predicted.includes(name));
  const missed = expected.filter((name) => !predicted.includes(name));
  const wrong = predicted.filter((name) => !expected.includes(name));
  const paired = Array.from({ length: Math.max(missed.length, wrong.length) }, (_, index) => ({
    expected: missed[index],
    predicted: wrong[index],
  }));
  return [...right.map((name) => ({ expected: name, predicted: name })), ...paired];
}

function matchEntities(expected: readonly LabelledEntity[], predicted: readonly LabelledEntity[]): Decision[] {
  const samePlace = (a: LabelledEntity, b: LabelledEntity): boolean => a.offset === b.offset && a.length === b.length;
  const labelled = expected.map((entity) => ({
    expected: entity.category,
    predicted: predicted.find((found) => samePlace(found, entity))?.category,
  }));
  const others = predicted.filter((found) => !expected.some((entity) => samePlace(found, entity)));
  return [...labelled, ...others.map(({ category }) => ({ expected: undefined, predicted: category }))];
}

/** @param documents of which each has or has not the category; 0 where that cannot be counted */
function scoreCategory(name: string, decisions: readonly Decision[], documents: number): CategoryScores {
  const count = (holds: (decision: Decision) => boolean): number => decisions.filter(holds).length;
  const truePositiveCount = count(({ expected, predicted }) => expected === name && predicted === name);
  const falsePositiveCount = count(({ expected, predicted }) => expected !== name && predicted === name);
  const falseNegativeCount = count(({ expected, predicted }) => expected === name && predicted !== name);
  const precision = ratio(truePositiveCount, truePositiveCount + falsePositiveCount);
  const recall = ratio(truePositiveCount, truePositiveCount + falseNegativeCount);
  const others = documents - truePositiveCount - falsePositiveCount - falseNegativeCount;
  return {
    f1: harmonicMean(precision, recall),
    precision,
    recall,
    truePositiveCount,
    trueNegativeCount: Math.max(0, others),
    falsePositiveCount,
    falseNegativeCount,
  };
}

function confusionMatrix(decisions: readonly Decision[]): ConfusionMatrix {
  const counts = new Map<string, Map<string, number>>();
  for (const { expected = NONE, predicted = NONE } of decisions) {
    const row = counts.get(expected) ?? new Map<string, number>();
    counts.set(expected, row.set(predicted, (row.get(predicted) ?? 0) + 1));
  }
  const rows = [...counts].map(([expected, row]) => {
    const total = [...row.values()].reduce((sum, value) => sum + value, 0);
    const cells = [...row].map(([predicted, rawValue]) => [
      predicted,
      { normalizedValue: (100 * rawValue) / total, rawValue },
    ]);
    return [expected, Object.fromEntries(cells)];
  });
  return Object.fromEntries(rows);
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function harmonicMean(a: number, b: number): number {
  return ratio(2 * a * b, a + b);
}
