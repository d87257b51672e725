import type { CategoryScores, ModelEvaluation } from "../../../projects/evaluation/evaluation.ts";
import type { ProjectKind } from "../../../projects/project-file.ts";
import { MODEL_TYPES } from "../../../projects/published-model-id.ts";

/** The scores of a model. The field of the other kind of classification is there and null, as documented. */
export function writeEvaluation(kind: ProjectKind, { scores }: ModelEvaluation): object {
  const { categories, confusionMatrix, ...averages } = scores;
  const byCategory = mapValues(categories, writeScores);
  const matrix = mapValues(confusionMatrix, (row) => mapValues(row, ({ rawValue }) => rawValue));
  const modelType = MODEL_TYPES[kind];
  switch (kind) {
    case "CustomSingleLabelClassification":
      return {
        modelType,
        singleClassificationEvaluation: { confusionMatrix: matrix, classes: byCategory, ...averages },
        multiClassificationEvaluation: null,
      };
    case "CustomMultiLabelClassification":
      return {
        modelType,
        singleClassificationEvaluation: null,
        multiClassificationEvaluation: { classes: byCategory, ...averages },
      };
    default:
      return { modelType, extractionEvaluation: { confusionMatrix: matrix, entities: byCategory, ...averages } };
  }
}

/** What the model said of the documents that it looked at during training; undefined for kinds without that. */
export function writeValidation(kind: ProjectKind, { validation }: ModelEvaluation): object | undefined {
  const documents = validation.flatMap((document) =>
    "regions" in document
      ? []
      : {
          classes: { labeledClasses: document.expectedClasses, predictedClasses: document.predictedClasses },
          location: document.location,
          culture: document.language,
        },
  );
  const modelType = MODEL_TYPES[kind];
  switch (kind) {
    case "CustomSingleLabelClassification":
      return { modelType, singleClassificationValidation: { documents }, multiClassificationValidation: null };
    case "CustomMultiLabelClassification":
      return { modelType, singleClassificationValidation: null, multiClassificationValidation: { documents } };
    default:
      return undefined;
  }
}

function writeScores(scores: CategoryScores): object {
  return {
    f1: scores.f1,
    precision: scores.precision,
    recall: scores.recall,
    countTruePositives: scores.truePositiveCount,
    countTrueNegatives: scores.trueNegativeCount,
    countFalsePositives: scores.falsePositiveCount,
    countFalseNegatives: scores.falseNegativeCount,
  };
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
