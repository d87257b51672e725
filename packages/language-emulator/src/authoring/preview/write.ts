import type { ErrorBody } from "../../http/service-error.ts";
import type { JobStatus } from "../../jobs/progress.ts";
import { AUTHORING_JOB_DAYS } from "../../limits.ts";
import {
  type Operation,
  type PhaseState,
  stateOf,
  type TrainWork,
  trainingPhases,
} from "../../projects/operations/operation.ts";
import type { ProjectKind } from "../../projects/project-file.ts";
import { MODEL_TYPES } from "../../projects/registry.ts";
import type { CategoryScores, ModelEvaluation } from "../../projects/training/test-model.ts";
import { taskDate } from "../../time.ts";

/** The preview's words: those of its runtime, and those of the counts in the same answer. */
const WORDS: Readonly<Partial<Record<JobStatus, string>>> = { running: "inProgress", succeeded: "completed" };

function word(status: JobStatus): string {
  return WORDS[status] ?? status;
}

/** The state of a training job. Its one task says how model and evaluation are doing. */
export function writeTraining(operation: Operation & { work: TrainWork }, now: number): object {
  const { createdAt, work } = operation;
  const { training, evaluation } = trainingPhases(operation, now);
  const updated = ({ startedAt, endedAt }: PhaseState): string => taskDate(endedAt ?? startedAt ?? createdAt);
  const error = (failure: ErrorBody | undefined, { status }: PhaseState): object =>
    failure === undefined || status !== "failed" ? {} : { error: failure };
  const task = {
    trainingModelName: work.modelLabel,
    evaluationStatus: {
      status: word(evaluation.status),
      lastUpdatedDateTime: updated(evaluation),
      ...error(work.evaluationFailure, evaluation),
    },
    status: word(training.status),
    lastUpdatedDateTime: updated(training),
    ...error(operation.failure, training),
  };
  return writeJob(operation, task, now);
}

/** The state of a publication. Its one task names the model id by which the runtime knows the model. */
export function writePublication(operation: Operation, modelId: string, now: number): object {
  const { status, updatedAt, errors } = stateOf(operation, now);
  const [error] = errors;
  const task = {
    modelId,
    status: word(status),
    lastUpdatedDateTime: taskDate(updatedAt),
    ...(error === undefined ? {} : { error }),
  };
  return writeJob(operation, task, now);
}

function writeJob(operation: Operation, task: object, now: number): object {
  const { id, createdAt, extraFields = {} } = operation;
  const { status, finished, updatedAt, errors } = stateOf(operation, now);
  return {
    tasks: [task],
    inProgress: finished ? 0 : 1,
    completed: status === "succeeded" ? 1 : 0,
    failed: status === "failed" ? 1 : 0,
    total: 1,
    jobId: id,
    createdDateTime: taskDate(createdAt),
    lastUpdatedDateTime: taskDate(updatedAt),
    expirationDateTime: taskDate(createdAt + AUTHORING_JOB_DAYS * 86_400_000),
    status: word(status),
    errors,
    ...extraFields,
  };
}

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
