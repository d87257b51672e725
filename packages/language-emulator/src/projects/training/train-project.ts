import { MAX_TRAINING_CHARACTERS, TRAINING_DOCUMENTS } from "../../limits.ts";
import { countTextElements } from "../../text.ts";
import { labelledDocuments, type ProjectAssets, type ProjectMetadata, withDocuments } from "../project-file.ts";
import { invalidDocuments, storageRefusal } from "../refusals.ts";
import { type Lessons, trainModel } from "../trained-model.ts";
import { readAll, StorageError, type TrainingStorage } from "../training-storage.ts";
import { scoreTest } from "./score.ts";
import { type Split, splitByDataset, splitByShare } from "./split-documents.ts";
import { type EvaluationOptions, type ModelEvaluation, testModel } from "./test-model.ts";

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
  return learnAndTest({ metadata, assets }, texts, split, plan.options);
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
  { metadata, assets }: { metadata: ProjectMetadata; assets: ProjectAssets },
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
    texts = await readAll(storage, container, [...new Set(assets.documents.map(({ location }) => location))]);
  } catch (error) {
    throw error instanceof StorageError ? storageRefusal(error.why) : error;
  }
  const problem = textsProblem(assets, texts);
  if (problem !== undefined) throw invalidDocuments(problem);
  return texts;
}

/** How many problems a refusal names. */
const NAMED = 5;

/** What is wrong with the texts that a project labels, in words; undefined when nothing is. */
function textsProblem(assets: ProjectAssets, texts: ReadonlyMap<string, string>): string | undefined {
  const ends = labelEnds(assets);
  const furthestLabel = (location: string): number => ends.get(location) ?? 0;
  const problems = assets.documents.flatMap((document) => {
    const text = texts.get(document.location) ?? "";
    if (text.trim() === "") return [`'${document.location}' is empty`];
    if (countTextElements(text) > MAX_TRAINING_CHARACTERS) {
      return [`'${document.location}' is longer than ${MAX_TRAINING_CHARACTERS} characters`];
    }
    return furthestLabel(document.location) > text.length ? [`'${document.location}' has labels outside its text`] : [];
  });
  if (problems.length === 0) return undefined;
  const more = problems.length > NAMED ? `, and ${problems.length - NAMED} more` : "";
  return `Documents that cannot be used: ${problems.slice(0, NAMED).join(", ")}${more}.`;
}

/** Where the last label of each document ends, by location, for the kinds that label places. */
function labelEnds(assets: ProjectAssets): Map<string, number> {
  if (assets.projectKind !== "CustomEntityRecognition" && assets.projectKind !== "CustomHealthcare") return new Map();
  return new Map(
    assets.documents.map(({ location, entities }) => {
      const ends = entities.flatMap(({ labels }) => labels.map(({ offset, length }) => offset + length));
      return [location, Math.max(0, ...ends)];
    }),
  );
}

/** Versions of the training configuration (Microsoft documentation, "Model lifecycle": one for custom text). */
export const TRAINING_CONFIGS: readonly string[] = ["2022-05-01"];

/** Months that models of a configuration can be trained and deployed, counted from today, as no newer one is near. */
const MODEL_MONTHS = 6;
/** Months that a deployment outlives the configuration ("twelve months from the training config expiration"). */
const DEPLOYMENT_MONTHS = 12;

/** The dated version that a request means; undefined when there is none of that name. */
export function findTrainingConfig(version: string): string | undefined {
  return version === "latest" ? TRAINING_CONFIGS.at(-1) : TRAINING_CONFIGS.find((known) => known === version);
}

/** When a model of a configuration expires. @param now milliseconds since 1970 */
export function modelExpiry(now: number): string {
  return dateInMonths(now, MODEL_MONTHS);
}

/** When a deployment of such a model expires. @param now milliseconds since 1970 */
export function deploymentExpiry(now: number): string {
  return dateInMonths(now, MODEL_MONTHS + DEPLOYMENT_MONTHS);
}

/** A date, as `2026-10-28`. */
function dateInMonths(now: number, months: number): string {
  const date = new Date(now);
  date.setUTCMonth(date.getUTCMonth() + months, 1);
  return date.toISOString().slice(0, 10);
}
