import type { ModelEvaluation, TestedDocument } from "../../../projects/evaluation/evaluation.ts";
import type { ProjectKind } from "../../../projects/project-file.ts";

/** `CustomEntityRecognition` → `customEntityRecognition`, with which the fields of its evaluation begin. */
function fieldOf(kind: ProjectKind): string {
  return `${kind.slice(0, 1).toLowerCase()}${kind.slice(1)}`;
}

/** The scores of a model. Several classes a document leave no confusion matrix. */
export function writeSummary(kind: ProjectKind, { options, scores }: ModelEvaluation): object {
  const { categories, confusionMatrix, ...averages } = scores;
  const isClasses = kind === "CustomSingleLabelClassification" || kind === "CustomMultiLabelClassification";
  return {
    projectKind: kind,
    [`${fieldOf(kind)}Evaluation`]: {
      ...(kind === "CustomMultiLabelClassification" ? {} : { confusionMatrix }),
      [isClasses ? "classes" : "entities"]: categories,
      ...averages,
    },
    evaluationOptions: options,
  };
}

/** What was expected of a document and what the model said. */
export function writeResult(kind: ProjectKind, document: TestedDocument): object {
  const { location, language } = document;
  return { location, language, projectKind: kind, [`${fieldOf(kind)}Result`]: resultOf(kind, document) };
}

function resultOf(kind: ProjectKind, document: TestedDocument): object {
  if ("regions" in document) {
    const entities = document.regions.map(({ regionOffset, regionLength, expected, predicted }) => ({
      expectedEntities: expected,
      predictedEntities: predicted,
      regionOffset,
      regionLength,
    }));
    return { entities };
  }
  const { expectedClasses, predictedClasses } = document;
  return kind === "CustomSingleLabelClassification"
    ? { expectedClass: expectedClasses[0], predictedClass: predictedClasses[0] }
    : { expectedClasses, predictedClasses };
}
