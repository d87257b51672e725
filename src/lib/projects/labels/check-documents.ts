import { marksEntities } from "../../language/authoring/project-kind.ts";
import { nearestName } from "../../settings/nearest-name.ts";
import { shown } from "../../settings/settings-error.ts";
import { isAlwaysAlone, isOneOf, sameLanguage, trainingLanguages } from "../languages.ts";
import { type LabelRules, labelLimits } from "./label-rules.ts";
import type { LabelledDocument, Labels } from "./labels.ts";
import type { LabelsProblems } from "./labels-problems.ts";

/** Checks the documents by what the file says of them; `check-texts.ts` looks into the texts. */
export function checkDocuments(labels: Labels, rules: LabelRules, problems: LabelsProblems): void {
  const { documents } = labels;
  const limit = labelLimits(rules).documents;
  if (documents.length < limit.min || documents.length > limit.max) {
    const at = documents[0]?.at.slice(0, -1) ?? ["documents"];
    const hint = documents.length < limit.min ? "Label more texts: the service trains on no fewer." : undefined;
    const found = `${documents.length} documents`;
    problems.error({ code: "DocumentCount", at, found, expected: `${limit.min} to ${limit.max}`, hint });
  }
  const seen = new Set<string>();
  for (const document of documents) {
    const about = { at: [...document.at, "location"], document: document.location };
    if (seen.has(document.location)) {
      const found = `${shown(document.location)} again`;
      problems.error({ code: "RepeatedDocument", ...about, found, expected: "each text once" });
    }
    seen.add(document.location);
    if (!document.location.toLowerCase().endsWith(".txt")) {
      const expected = "a .txt file: the service trains on nothing else";
      problems.error({ code: "NotText", ...about, found: shown(document.location), expected });
    }
    checkLanguage(document, rules, problems);
    checkClassCount(document, labels, problems);
  }
  if (rules.atRoot) checkFolders(documents, problems);
  checkSplit(documents, rules, problems);
}

function checkLanguage(document: LabelledDocument, rules: LabelRules, problems: LabelsProblems): void {
  const { language, location } = document;
  if (language === undefined) return;
  const about = { at: [...document.at, "language"], document: location, found: shown(language) };
  const known = trainingLanguages(rules.kind, rules.wire);
  if (!isOneOf(known, language)) {
    const nearest = nearestName(language, known);
    const hint = nearest === undefined ? undefined : `Did you mean ${shown(nearest)}?`;
    problems.error({ code: "UnknownLanguage", ...about, expected: `one of ${known.join(", ")}`, hint });
  } else if (!sameLanguage(language, rules.language)) {
    const alone = isAlwaysAlone(rules.kind, language) || isAlwaysAlone(rules.kind, rules.language);
    if (rules.multilingual && !alone) return;
    const hint = alone
      ? "Hebrew goes with no other language: make a project of its own."
      : 'Set "multilingual": true in the project file to train on several languages.';
    problems.error({ code: "OtherLanguage", ...about, expected: `${shown(rules.language)}, the project's`, hint });
  }
}

function checkClassCount(
  { location, at, classes, regions }: LabelledDocument,
  { kind }: Labels,
  problems: LabelsProblems,
): void {
  const about = { at, document: location };
  if (marksEntities(kind)) {
    if (regions.length > 0) return;
    const hint = "Give it a region without labels if it is to show what is no entity.";
    problems.warning({ code: "Unlabelled", ...about, found: "no labelled region", expected: "one or more", hint });
  } else if (classes.length === 0) {
    const isSingle = kind === "CustomSingleLabelClassification";
    const problem = { code: "Unlabelled", ...about, found: "no class", expected: isSingle ? "one" : "one or more" };
    if (isSingle) problems.error(problem);
    else problems.warning(problem);
  } else if (kind === "CustomSingleLabelClassification" && classes.length > 1) {
    const hint = "A document of a single-label project has one class; several need CustomMultiLabelClassification.";
    problems.error({ code: "SeveralClasses", ...about, found: `${classes.length} classes`, expected: "one", hint });
  } else if (new Set(classes.map(({ category }) => category)).size < classes.length) {
    problems.error({ code: "RepeatedClass", ...about, found: "a class twice", expected: "each class once" });
  }
}

function checkFolders(documents: readonly LabelledDocument[], problems: LabelsProblems): void {
  const inFolders = documents.filter(({ location }) => location.includes("/"));
  const [first] = inFolders;
  if (first === undefined) return;
  problems.warning({
    code: "NotAtRoot",
    at: [...first.at, "location"],
    document: first.location,
    found: `${inFolders.length} document(s) in folders`,
    expected: "texts at the root of the container, as the service's documentation asks",
    hint: "Move the texts if the service does not find them.",
  });
}

function checkSplit(documents: readonly LabelledDocument[], { split }: LabelRules, problems: LabelsProblems): void {
  const sets = { Train: 0, Test: 0 };
  for (const { dataset, at, location } of documents) {
    if (dataset === "Train" || dataset === "Test") sets[dataset]++;
    else if (dataset !== undefined) {
      const about = { at: [...at, "dataset"], document: location };
      problems.error({ code: "UnknownDataset", ...about, found: shown(dataset), expected: '"Train" or "Test"' });
    }
  }
  const at = documents[0]?.at.slice(0, -1) ?? [];
  const found = `${sets.Train} for training and ${sets.Test} for the test`;
  if (split === "manual" && (sets.Train === 0 || sets.Test === 0)) {
    const expected = 'documents of both: evaluationOptions.kind is "manual"';
    problems.error({ code: "EmptyDataset", at, found, expected, hint: 'Set "dataset" of each document.' });
  } else if (split === "percentage" && sets.Test > 0) {
    const expected = 'no "Test": evaluationOptions.kind is "percentage", which splits only what is for training';
    problems.warning({ code: "UnusedDataset", at, found, expected, hint: 'Set evaluationOptions.kind to "manual".' });
  }
}
