import { trainHealthTagger } from "../models/health-tagger.ts";
import type { CustomModel } from "../models/model.ts";
import { trainMultiLabel, trainSingleLabel } from "../models/naive-bayes.ts";
import { type MarkedText, trainTagger } from "../models/tagger.ts";
import type { ProjectAssets } from "./project-file.ts";

/**
 * Trains a project's model on its labelled documents, those set aside with `dataset: "Test"` left out.
 * @param textOf the text at a document's `location`
 */
export function trainModel(assets: ProjectAssets, textOf: (location: string) => string): CustomModel {
  switch (assets.projectKind) {
    case "CustomSingleLabelClassification":
      return trainSingleLabel(
        assets.documents.filter(isForTraining).map((document) => ({
          text: textOf(document.location),
          classes: document.class === undefined ? [] : [document.class.category],
        })),
        assets.classes.map(({ category }) => category),
      );
    case "CustomMultiLabelClassification":
      return trainMultiLabel(
        assets.documents.filter(isForTraining).map((document) => ({
          text: textOf(document.location),
          classes: document.classes.map(({ category }) => category),
        })),
        assets.classes.map(({ category }) => category),
      );
    case "CustomEntityRecognition":
      return { type: "tagger", tag: trainTagger(markedTexts(assets.documents, textOf)) };
    case "CustomHealthcare":
      return { type: "tagger", tag: trainHealthTagger(assets.entities, markedTexts(assets.documents, textOf)) };
  }
}

type MarkedDocument = Extract<ProjectAssets, { projectKind: "CustomEntityRecognition" }>["documents"][number];

function isForTraining(document: { dataset?: string | undefined }): boolean {
  return document.dataset !== "Test";
}

function markedTexts(documents: readonly MarkedDocument[], textOf: (location: string) => string): MarkedText[] {
  return documents.filter(isForTraining).map((document) => ({
    text: textOf(document.location),
    entities: document.entities.flatMap((region) => region.labels),
  }));
}
