import { checkCategories } from "./check-categories.ts";
import { checkDocuments } from "./check-documents.ts";
import { checkTexts, type TrainingTexts } from "./check-texts.ts";
import { type LabelsFormat, readLabels } from "./formats/formats.ts";
import { type Labels, type LabelsProblem, LabelsProblems } from "./labels.ts";
import type { LabelRules } from "./limits.ts";

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
