import type { CustomModel } from "../../models/model.ts";
import type { ProjectAssets, ProjectMetadata } from "../project-file.ts";
import type { LabelledEntity, TestedDocument, TestedRegion } from "./evaluation.ts";

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
