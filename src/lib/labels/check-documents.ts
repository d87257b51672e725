import { nearestName, quote } from "../common/problems.ts";
import { marksEntities } from "../language/authoring/authoring.ts";
import { checkSplit } from "./check-split.ts";
import type { LabelledDocument, Labels, LabelsProblems } from "./labels.ts";
import { isAlwaysAlone, isOneOf, sameLanguage, trainingLanguages } from "./languages.ts";
import type { LabelRules } from "./limits.ts";

/** Checks the documents by what the file says of them; `check-texts.ts` looks into the texts. */
export function checkDocuments(labels: Labels, rules: LabelRules, problems: LabelsProblems): void {
  const { documents } = labels;
  const seen = new Set<string>();
  for (const document of documents) {
    const about = { at: [...document.at, "location"], document: document.location };
    if (seen.has(document.location)) {
      const found = `${quote(document.location)} again`;
      problems.error({ code: "RepeatedDocument", ...about, found, expected: "each text once" });
    }
    seen.add(document.location);
    if (!document.location.toLowerCase().endsWith(".txt")) {
      const expected = "a .txt file: the service trains on nothing else";
      problems.error({ code: "NotText", ...about, found: quote(document.location), expected });
    }
    checkLanguage(document, rules, problems);
    checkClassCount(document, labels, problems);
  }
  if (rules.atRoot) checkFolders(documents, problems);
  checkSplit(labels, rules, problems);
}

function checkLanguage(document: LabelledDocument, rules: LabelRules, problems: LabelsProblems): void {
  const { language, location } = document;
  if (language === undefined) return;
  const about = { at: [...document.at, "language"], document: location, found: quote(language) };
  const known = trainingLanguages(rules.kind, rules.wire);
  if (!isOneOf(known, language)) {
    const nearest = nearestName(language, known);
    const hint = nearest === undefined ? undefined : `Did you mean ${quote(nearest)}?`;
    problems.error({ code: "UnknownLanguage", ...about, expected: `one of ${known.join(", ")}`, hint });
  } else if (!sameLanguage(language, rules.language)) {
    const alone = isAlwaysAlone(rules.kind, language) || isAlwaysAlone(rules.kind, rules.language);
    if (rules.multilingual && !alone) return;
    const hint = alone
      ? "Hebrew goes with no other language: make a project of its own."
      : 'Set "multilingual": true in the project file to train on several languages.';
    problems.error({ code: "OtherLanguage", ...about, expected: `${quote(rules.language)}, the project's`, hint });
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
