import { TRAINING_DOCUMENTS } from "../../limits.ts";
import type { EvaluationOptions, ModelEvaluation } from "../evaluation/evaluation.ts";
import { scoreTest } from "../evaluation/score.ts";
import { testModel } from "../evaluation/test-model.ts";
import type { ProjectAssets, ProjectMetadata } from "../project-file.ts";
import { invalidDocuments, storageRefusal } from "../refusals.ts";
import { trainModel } from "../train.ts";
import type { Lessons } from "../trained-model.ts";
import { StorageError, type TrainingStorage } from "../training-storage.ts";
import { textsProblem } from "./check-texts.ts";
import { labelledDocuments, withDocuments } from "./labelled-documents.ts";
import { type Split, splitByDataset, splitByShare } from "./split-documents.ts";

/** How a project is to be trained. */
export interface TrainingPlan {
  options: EvaluationOptions;
  /** Share of the documents that is looked at during training, 0 to 1. */
  validationShare: number;
  /** Fewer documents than a training needs: refused, or trained without an evaluation. */
  tooFew: "refuse" | "withoutEvaluation";
  /** Decides which documents are held out. */
  seed: string;
}

/** What a training gives. */
export interface TrainingOutcome {
  lessons: Lessons;
  labels: ProjectAssets;
  evaluation?: ModelEvaluation;
}

/**
 * Trains a project on its labelled documents, read from its container, and tests the model on those held out.
 * @throws ServiceError when the labels, the container or the texts do not allow it
 */
export async function trainProject(
  project: { metadata: ProjectMetadata; assets?: ProjectAssets },
  plan: TrainingPlan,
  storage: TrainingStorage,
): Promise<TrainingOutcome> {
  const { metadata, assets } = project;
  const documents = assets === undefined ? [] : labelledDocuments(assets);
  const { least, most } = TRAINING_DOCUMENTS;
  const few = documents.length < least;
  if (assets === undefined || documents.length === 0 || (few && plan.tooFew === "refuse") || documents.length > most) {
    throw invalidDocuments(
      `Project '${metadata.projectName}' has ${documents.length} labelled documents; ` +
        `training needs at least ${least} and takes at most ${most}.`,
    );
  }
  const texts = await readTexts(metadata.storageInputContainerName, assets, storage);
  const split = splitDocuments(documents, few ? { ...plan, options: EVERYTHING } : plan);
  if (split.training.size === 0) throw invalidDocuments("No document is left to train on.");
  if (split.test.size === 0 && !few) {
    throw invalidDocuments("No document is left to test on: label some with dataset Test, or split by percentage.");
  }
  return learnAndTest(metadata, assets, texts, split, plan.options);
}

/** All documents are learned from. */
const EVERYTHING: EvaluationOptions = { kind: "percentage", trainingSplitPercentage: 100, testingSplitPercentage: 0 };

function splitDocuments(documents: ReturnType<typeof labelledDocuments>, plan: TrainingPlan): Split {
  const { options, validationShare, seed } = plan;
  if (options.kind === "manual") return splitByDataset(documents);
  const test = options.testingSplitPercentage / 100;
  return splitByShare(documents, { test, validation: test === 0 ? 0 : validationShare }, seed);
}

/**
 * Trains on a part of the documents and tests on others.
 * @param texts by location, of every document in the split
 */
export function learnAndTest(
  metadata: ProjectMetadata,
  assets: ProjectAssets,
  texts: ReadonlyMap<string, string>,
  split: Split,
  options: EvaluationOptions,
): TrainingOutcome {
  const textOf = (location: string): string => texts.get(location) ?? "";
  const training = withDocuments(assets, split.training);
  const lessons = {
    assets: training,
    texts: Object.fromEntries(training.documents.map(({ location }) => [location, textOf(location)])),
  };
  if (split.test.size === 0) return { lessons, labels: assets };
  const model = trainModel(training, textOf);
  const test = (locations: ReadonlySet<string>) => testModel(model, withDocuments(assets, locations), metadata, textOf);
  const documents = test(split.test);
  const evaluation = { options, scores: scoreTest(documents), documents, validation: test(split.validation) };
  return { lessons, labels: assets, evaluation };
}

async function readTexts(
  container: string,
  assets: ProjectAssets,
  storage: TrainingStorage,
): Promise<Map<string, string>> {
  let texts: Map<string, string>;
  try {
    texts = await storage.readAll(container, [...new Set(assets.documents.map(({ location }) => location))]);
  } catch (error) {
    throw error instanceof StorageError ? storageRefusal(error.why) : error;
  }
  const problem = textsProblem(assets, texts);
  if (problem !== undefined) throw invalidDocuments(problem);
  return texts;
}
