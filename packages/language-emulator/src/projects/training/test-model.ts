import type { CustomModel } from "../../models/model.ts";
import type { ProjectAssets, ProjectMetadata } from "../project-file.ts";

/** How labelled documents are divided into those to learn from and those to be tested on. */
export type EvaluationOptions =
  | { kind: "percentage"; trainingSplitPercentage: number; testingSplitPercentage: number }
  | { kind: "manual" };

/** What a test says of one class or entity type. */
export interface CategoryScores {
  /** 0 to 1, as precision and recall. */
  f1: number;
  precision: number;
  recall: number;
  truePositiveCount: number;
  trueNegativeCount: number;
  falsePositiveCount: number;
  falseNegativeCount: number;
}

/** How often something labelled one thing was found to be another. */
interface ConfusionCell {
  /** Share of the row, 0 to 100. */
  normalizedValue: number;
  rawValue: number;
}

/** Labelled → found → how often; only what happened. */
export type ConfusionMatrix = Record<string, Record<string, ConfusionCell>>;

/** What a test says of a model; micro counts every decision the same, macro every category. */
export interface ModelScores {
  /** Those that were labelled or found in the test. */
  categories: Record<string, CategoryScores>;
  microF1: number;
  microPrecision: number;
  microRecall: number;
  macroF1: number;
  macroPrecision: number;
  macroRecall: number;
  confusionMatrix: ConfusionMatrix;
}

/** An entity as labelled or found; offsets in UTF-16 code units of the whole text. */
export interface LabelledEntity {
  category: string;
  offset: number;
  length: number;
}

/** A stretch of a document that was labelled. */
export interface TestedRegion {
  regionOffset: number;
  regionLength: number;
  expected: LabelledEntity[];
  predicted: LabelledEntity[];
}

/** A document put to a model: with classes, or with entities by region. */
export type TestedDocument = { location: string; language: string } & (
  | { expectedClasses: string[]; predictedClasses: string[] }
  | { regions: TestedRegion[] }
);

/** How a model did on documents that it had not learned from. */
export interface ModelEvaluation {
  options: EvaluationOptions;
  scores: ModelScores;
  documents: TestedDocument[];
  /** Documents looked at during training (preview of 2021). */
  validation: TestedDocument[];
}

/**
 * Puts labelled documents to a model.
 * @param textOf the text at a document's `location`
 */
export function testModel(
  model: CustomModel,
  assets: ProjectAssets,
  { language }: Pick<ProjectMetadata, "language">,
  textOf: (location: string) => string,
): TestedDocument[] {
  const about = (document: { location: string; language?: string | undefined }) => ({
    location: document.location,
    language: document.language ?? language,
  });
  const classesOf = (location: string): string[] =>
    model.type === "classifier" ? model.classify(textOf(location)).map(({ category }) => category) : [];
  switch (assets.projectKind) {
    case "CustomSingleLabelClassification":
      return assets.documents.map((document) => ({
        ...about(document),
        expectedClasses: document.class === undefined ? [] : [document.class.category],
        predictedClasses: classesOf(document.location),
      }));
    case "CustomMultiLabelClassification":
      return assets.documents.map((document) => ({
        ...about(document),
        expectedClasses: document.classes.map(({ category }) => category),
        predictedClasses: classesOf(document.location),
      }));
    case "CustomEntityRecognition":
    case "CustomHealthcare":
      return assets.documents.map((document) => {
        const found = model.type === "tagger" ? model.tag(textOf(document.location)).map(place) : [];
        return { ...about(document), regions: document.entities.map((region) => testRegion(region, found)) };
      });
  }
}

function testRegion(
  region: { regionOffset: number; regionLength: number; labels: readonly LabelledEntity[] },
  found: readonly LabelledEntity[],
): TestedRegion {
  const { regionOffset, regionLength, labels } = region;
  const end = regionOffset + regionLength;
  const predicted = found.filter(({ offset, length }) => offset >= regionOffset && offset + length <= end);
  return { regionOffset, regionLength, expected: labels.map(place), predicted };
}

function place({ category, offset, length }: LabelledEntity): LabelledEntity {
  return { category, offset, length };
}
