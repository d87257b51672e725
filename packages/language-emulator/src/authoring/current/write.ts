import { AUTHORING_JOB_DAYS } from "../../limits.ts";
import {
  type Operation,
  type PhaseState,
  stateOf,
  type TrainWork,
  trainingPhases,
} from "../../projects/operations/operation.ts";
import type { ProjectKind } from "../../projects/project-file.ts";
import type { Deployment, Project } from "../../projects/registry.ts";
import type { TrainedModel } from "../../projects/trained-model.ts";
import type { ModelEvaluation, TestedDocument } from "../../projects/training/test-model.ts";
import { deploymentExpiry, modelExpiry } from "../../projects/training/train-project.ts";
import { jobDate, taskDate } from "../../time.ts";
import type { AuthoringVersion } from "./call.ts";

/** The state of a job. */
export function writeJob(operation: Operation, now: number): Record<string, unknown> {
  const { id, createdAt, extraFields = {} } = operation;
  const { status, updatedAt, errors } = stateOf(operation, now);
  return {
    jobId: id,
    createdDateTime: jobDate(createdAt),
    lastUpdatedDateTime: jobDate(updatedAt),
    expirationDateTime: jobDate(createdAt + AUTHORING_JOB_DAYS * 86_400_000),
    status,
    ...(errors.length === 0 ? {} : { errors }),
    ...extraFields,
  };
}

/** The state of a training job, with what it trains and how far it is. */
export function writeTraining(operation: Operation & { work: TrainWork }, now: number): Record<string, unknown> {
  const { work, finishesAt } = operation;
  const { training, evaluation } = trainingPhases(operation, now);
  return {
    result: {
      modelLabel: work.modelLabel,
      trainingConfigVersion: work.configVersion,
      ...(stateOf(operation, now).finished ? {} : { estimatedEndDateTime: taskDate(finishesAt) }),
      trainingStatus: writePhase(training),
      evaluationStatus: writePhase(evaluation),
    },
    ...writeJob(operation, now),
  };
}

function writePhase({ status, percentComplete, startedAt, endedAt }: PhaseState): object {
  return {
    percentComplete,
    ...(startedAt === undefined ? {} : { startDateTime: taskDate(startedAt) }),
    ...(endedAt === undefined ? {} : { endDateTime: taskDate(endedAt) }),
    status,
  };
}

/** A project without its labels. */
export function writeProject({ metadata, createdAt, modifiedAt, trainedAt, deployedAt }: Project): object {
  const { settings, ...about } = metadata;
  return {
    createdDateTime: jobDate(createdAt),
    lastModifiedDateTime: jobDate(modifiedAt),
    ...(trainedAt === undefined ? {} : { lastTrainedDateTime: jobDate(trainedAt) }),
    ...(deployedAt === undefined ? {} : { lastDeployedDateTime: jobDate(deployedAt) }),
    ...about,
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
  };
}

export function writeModel({ label, modelId, trainedAt, trainingSeconds, configVersion }: TrainedModel): object {
  return {
    label,
    modelId,
    lastTrainedDateTime: taskDate(trainedAt),
    lastTrainingDurationInSeconds: trainingSeconds,
    modelExpirationDate: modelExpiry(trainedAt),
    modelTrainingConfigVersion: configVersion,
    hasSnapshot: true,
  };
}

export function writeDeployment(
  { name, trained, deployedAt, expiresOn }: Deployment,
  version: AuthoringVersion,
): object {
  return {
    deploymentName: name,
    modelId: trained.modelId,
    lastTrainedDateTime: taskDate(trained.trainedAt),
    lastDeployedDateTime: jobDate(deployedAt),
    deploymentExpirationDate: expiresOn ?? deploymentExpiry(trained.trainedAt),
    modelTrainingConfigVersion: trained.configVersion,
    ...(version.assignedResources ? { assignedResources: [] } : {}),
  };
}

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
