import { quote } from "../common/problems.ts";
import { marksEntities, PREVIEW_VERSION } from "../language/authoring/authoring.ts";
import type { LabelledDocument, Labels, LabelsProblems } from "./labels.ts";
import { type LabelRules, labelLimits } from "./limits.ts";

/**
 * Checks how many documents there are, and that enough are left to train on: a split by percentage divides only those
 * that are not set aside for the test, and a manual one learns nothing of a class all of whose documents are. The preview
 * is not told of sets.
 */
export function checkSplit(labels: Labels, rules: LabelRules, problems: LabelsProblems): void {
  const { documents } = labels;
  const sets = { Train: 0, Test: 0 };
  for (const { dataset, at, location } of documents) {
    if (dataset === "Train" || dataset === "Test") sets[dataset]++;
    else if (dataset !== undefined) {
      const about = { at: [...at, "dataset"], document: location };
      problems.error({ code: "UnknownDataset", ...about, found: quote(dataset), expected: '"Train" or "Test"' });
    }
  }
  const isPreview = rules.wire === "preview";
  const aside = !isPreview && rules.split === "percentage" ? sets.Test : 0;
  checkCount(documents, aside, rules, problems);
  const at = listOf(documents);
  const found = `${sets.Train} for training and ${sets.Test} for the test`;
  if (isPreview) {
    if (sets.Test === 0) return;
    const expected = `no "Test": ${PREVIEW_VERSION} has no place for "dataset" and keeps back a tenth of the texts by itself`;
    const hint = 'It is ignored. Leave it out, or use a later apiVersion with evaluationOptions.kind "manual".';
    problems.warning({ code: "UnusedDataset", at, found, expected, hint });
  } else if (rules.split === "percentage") {
    if (aside === 0) return;
    const expected = 'no "Test": evaluationOptions.kind is "percentage", which splits only what is for training';
    problems.warning({ code: "UnusedDataset", at, found, expected, hint: 'Set evaluationOptions.kind to "manual".' });
  } else if (sets.Train === 0 || sets.Test === 0) {
    const expected = 'documents of both: evaluationOptions.kind is "manual"';
    problems.error({ code: "EmptyDataset", at, found, expected, hint: 'Set "dataset" of each document.' });
  } else {
    checkEachCategory(labels, problems);
  }
}

/** @param aside documents that take no part in the training and its evaluation */
function checkCount(
  documents: readonly LabelledDocument[],
  aside: number,
  rules: LabelRules,
  problems: LabelsProblems,
): void {
  const { min, max } = labelLimits(rules).documents;
  const count = documents.length - aside;
  if (count >= min && documents.length <= max) return;
  const noFewer = "the service trains on no fewer";
  const advice = aside === 0 ? `Label more texts: ${noFewer}.` : `Label more texts or test on fewer: ${noFewer}.`;
  problems.error({
    code: "DocumentCount",
    at: listOf(documents),
    found: aside === 0 ? `${count} documents` : `${count} documents to train on, and ${aside} for the test`,
    expected: `${min} to ${max}`,
    hint: count < min ? advice : undefined,
  });
}

/** A class that only documents for the test have is never learned; each of its tests fails. */
function checkEachCategory({ categories, documents, kind }: Labels, problems: LabelsProblems): void {
  const tested = new Set<string>();
  const trained = new Set<string>();
  for (const { dataset, classes, regions } of documents) {
    const uses = [...classes, ...regions.flatMap(({ labels }) => labels)];
    for (const { category } of uses) (dataset === "Test" ? tested : trained).add(category);
  }
  for (const { name, at } of categories) {
    if (!tested.has(name) || trained.has(name)) continue;
    const found = `${quote(name)} in documents for the test only`;
    const expected = `documents for training that have this ${marksEntities(kind) ? "entity" : "class"}, too`;
    const hint = 'Set "dataset": "Train" of some of them.';
    problems.warning({ code: "UntrainedCategory", at, found, expected, hint });
  }
}

function listOf([first]: readonly LabelledDocument[]): LabelledDocument["at"] {
  return first?.at.slice(0, -1) ?? ["documents"];
}
