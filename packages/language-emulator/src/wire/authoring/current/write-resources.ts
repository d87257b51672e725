import type { Deployment, Project } from "../../../projects/registry.ts";
import type { TrainedModel } from "../../../projects/trained-model.ts";
import { deploymentExpiry, modelExpiry } from "../../../projects/training/training-configs.ts";
import { jobDate, taskDate } from "../../date-time.ts";
import type { AuthoringVersion } from "./versions.ts";

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

export function writeDeployment({ name, trained, deployedAt }: Deployment, version: AuthoringVersion): object {
  return {
    deploymentName: name,
    modelId: trained.modelId,
    lastTrainedDateTime: taskDate(trained.trainedAt),
    lastDeployedDateTime: jobDate(deployedAt),
    deploymentExpirationDate: deploymentExpiry(trained.trainedAt),
    modelTrainingConfigVersion: trained.configVersion,
    ...(version.assignedResources ? { assignedResources: [] } : {}),
  };
}
