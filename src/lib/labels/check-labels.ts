import { nearestName, quote } from "../common/problems.ts";
import { marksEntities } from "../language/authoring/authoring.ts";
import { checkDocuments } from "./check-documents.ts";
import { checkTexts, type TrainingTexts } from "./check-texts.ts";
import { type LabelsFormat, readLabels } from "./formats/formats.ts";
import { type JsonPath, type Labels, type LabelsProblem, LabelsProblems } from "./labels.ts";
import { type LabelRules, labelLimits } from "./limits.ts";

/** What a look at labels found. */
export interface LabelsReport {
  /** Undefined when the file is none. */
  labels?: Labels | undefined;
  format?: LabelsFormat | undefined;
  /** Everything that is wrong, in the order of the checks. */
  problems: readonly LabelsProblem[];
  /** False when a problem is an error: the service would refuse, or train something else than meant. */
  usable: boolean;
}

/**
 * Reads and checks a labels file as far as that is possible before anything is sent to the service.
 * @param source the file as its user named it, and its parsed JSON
 * @param texts the training texts; without them only what the file itself says is checked
 */
export async function checkLabelsFile(
  source: { file: string; value: unknown },
  rules: LabelRules,
  texts?: TrainingTexts,
): Promise<LabelsReport> {
  const problems = new LabelsProblems(source.file);
  const read = readLabels(source.value, rules.kind, problems);
  if (read === undefined) return { problems: problems.all, usable: false };
  await checkLabels(read.labels, rules, problems, texts);
  return { ...read, problems: problems.all, usable: !problems.hasErrors };
}

/** Checks labels, whatever they were read or made from. */
export async function checkLabels(
  labels: Labels,
  rules: LabelRules,
  problems: LabelsProblems,
  texts?: TrainingTexts,
): Promise<void> {
  checkCategories(labels, rules, problems);
  checkDocuments(labels, rules, problems);
  if (texts !== undefined) await checkTexts(labels, rules, texts, problems);
}

/** https://learn.microsoft.com/azure/ai-services/language-service/custom-text-classification/service-limits#naming-limits */
const CURRENT_NAME = /^[^:$&%*()+~#/?]{1,50}$/;
const CURRENT_EXPECTED = "1 to 50 characters, none of : $ & % * ( ) + ~ # / ?";
/** Of entities, in the data limits of July 2021; for classes that page says nothing. */
const PREVIEW_ENTITY_NAME = /^[A-Za-z0-9@#_.,^\\[\]]+$/;
const PREVIEW_EXPECTED = "letters (a-z, A-Z), digits and @ # _ . , ^ \\ [ ]";

/** Checks the classes or entities, and that the documents use no others. */
function checkCategories(labels: Labels, rules: LabelRules, problems: LabelsProblems): void {
  const what = marksEntities(labels.kind) ? "entities" : "classes";
  const { categories: limit, labelsPerCategory } = labelLimits(rules);
  const count = labels.categories.length;
  if (count < limit.min || count > limit.max) {
    const expected = `${limit.min} to ${limit.max}`;
    problems.error({
      code: "CategoryCount",
      at: labels.categories[0]?.at.slice(0, -2) ?? [],
      found: `${count} ${what}`,
      expected,
    });
  }
  checkNames(labels, rules, problems);
  const used = countUses(labels, problems);
  for (const { name, at, more } of labels.categories) {
    const times = used.get(name) ?? 0;
    if (times >= labelsPerCategory || "list" in more || "prebuilts" in more) continue;
    const found = times === 0 ? `${quote(name)}, which no document has` : `${quote(name)} ${times} time(s)`;
    const expected = `at least ${labelsPerCategory} labels of it`;
    problems.warning({ code: "FewLabels", at, found, expected, hint: "Label more documents, or leave it out." });
  }
}

function checkNames({ categories, kind }: Labels, { wire }: LabelRules, problems: LabelsProblems): void {
  const first = new Map<string, JsonPath>();
  const strict = wire === "preview" && marksEntities(kind);
  for (const { name, at } of categories) {
    if (first.has(name)) {
      problems.error({ code: "RepeatedName", at, found: `${quote(name)} again`, expected: "each name once" });
    }
    first.set(name, at);
    if (wire === "preview" && !strict) continue;
    if (!(strict ? PREVIEW_ENTITY_NAME : CURRENT_NAME).test(name)) {
      const expected = strict ? PREVIEW_EXPECTED : CURRENT_EXPECTED;
      problems.error({ code: "WrongName", at, found: quote(name), expected });
    }
  }
}

/** How often each category is used; one that is not declared is a problem wherever it is used. */
function countUses({ categories, documents, kind }: Labels, problems: LabelsProblems): ReadonlyMap<string, number> {
  const known = new Map(categories.map((category) => [category.name, category]));
  const used = new Map<string, number>();
  for (const document of documents) {
    const spans = document.regions.flatMap(({ labels }) => labels);
    for (const { category, at } of [...document.classes, ...spans]) {
      used.set(category, (used.get(category) ?? 0) + 1);
      const about = { at, document: document.location };
      const declared = known.get(category);
      if (declared === undefined) {
        const nearest = nearestName(category, [...known.keys()]);
        const expected = `one of the ${marksEntities(kind) ? "entities" : "classes"} of the file`;
        const hint = nearest === undefined ? undefined : `Did you mean ${quote(nearest)}? Upper and lower case count.`;
        problems.error({ code: "UnknownClass", ...about, found: quote(category), expected, hint });
      } else if ("prebuilts" in declared.more) {
        const found = `a label of ${quote(category)}, which a prebuilt component fills`;
        problems.error({ code: "PrebuiltLabelled", ...about, found, expected: "no labels of prebuilt entities" });
      }
    }
  }
  return used;
}
