import type { CustomModel } from "../models/model.ts";
import { trainMultiLabel, trainSingleLabel } from "../models/naive-bayes.ts";
import { type MarkedText, trainHealthTagger, trainTagger } from "../models/tagger.ts";
import { textHash } from "../text.ts";
import type { ProjectAssets } from "./project-file.ts";
import type { ModelEvaluation } from "./training/test-model.ts";

/** What a model learned from: enough to train it again, to the same end. */
export interface Lessons {
  /** The labels of the documents it was trained on, and of no others. */
  assets: ProjectAssets;
  /** By location. */
  texts: Readonly<Record<string, string>>;
}

/** A model as it can be written to a file. */
export interface ModelRecord {
  label: string;
  modelId: string;
  /** Milliseconds since 1970. */
  trainedAt: number;
  trainingSeconds: number;
  configVersion: string;
  lessons: Lessons;
  /** The project's labels at the time of the training. */
  labels: ProjectAssets;
  /** None when nothing was held out, or too little was labelled. */
  evaluation?: ModelEvaluation;
}

/** A model trained from a project's labels. */
export interface TrainedModel extends ModelRecord {
  model: CustomModel;
}

/** Trains the model of a record. */
export function learn(record: ModelRecord): TrainedModel {
  const { assets, texts } = record.lessons;
  return { ...record, model: trainModel(assets, (location) => texts[location] ?? "") };
}

/** The record of a trained model. */
export function recordOf({ model: _, ...record }: TrainedModel): ModelRecord {
  return record;
}

/** A model's id as the service makes them: its label, when it was trained, 32 hexadecimal digits. */
export function newModelId(label: string, now: number, seed: string): string {
  const time = `${new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}`;
  return `${label}-${time}-${textHash(`${seed} ${label} ${now}`).slice(0, 32)}`;
}

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
