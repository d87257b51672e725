import { ServiceError } from "../http/service-error.ts";
import type { StorageProblem } from "./training-storage.ts";

/**
 * What authoring says when it refuses. No specification or recording shows these bodies: status, code and wording are
 * assumed, the codes are those that the specification lists.
 */

function refusal(status: number, code: string, message: string, target?: string): ServiceError {
  return new ServiceError(status, { code, message, ...(target === undefined ? {} : { target }) });
}

export function projectNotFound(name: string): ServiceError {
  const message = `The specified project '${name}' was not found. Project names are case-sensitive.`;
  return refusal(404, "ProjectNotFound", message, "projectName");
}

export function modelNotFound(project: string, label: string): ServiceError {
  const message = `The specified trained model '${label}' was not found in project '${project}'.`;
  return refusal(404, "NotFound", message, "trainedModelLabel");
}

export function deploymentNotFound(project: string, name: string): ServiceError {
  const message = `The specified deployment '${name}' was not found in project '${project}'.`;
  return refusal(404, "NotFound", message, "deploymentName");
}

export function evaluationNotFound(project: string, label: string): ServiceError {
  const message =
    `The trained model '${label}' of project '${project}' has no evaluation: ` +
    "it was trained on too few documents, or none were kept for testing.";
  return refusal(404, "NotFound", message, "trainedModelLabel");
}

export function operationNotFound(jobId: string): ServiceError {
  return refusal(404, "OperationNotFound", `The job with id ${jobId} was not found.`, "jobId");
}

export function projectExists(name: string): ServiceError {
  return refusal(409, "Conflict", `A project with the name '${name}' already exists in this resource.`, "name");
}

export function otherKind(name: string, taken: string, wanted: string): ServiceError {
  const message =
    `The name '${name}' is taken by a project of kind ${taken}; it cannot be made a ${wanted}. ` +
    "Project names are unique across all custom features.";
  return refusal(400, "InvalidArgument", message, "projectKind");
}

export function otherContainer(name: string, container: string): ServiceError {
  const message = `Project '${name}' is connected to the container '${container}'; that cannot be changed.`;
  return refusal(400, "InvalidArgument", message, "storageInputContainerName");
}

export function trainingRuns(name: string, jobId: string): ServiceError {
  const message = `Project '${name}' has a training job that is not over (${jobId}). One can run at a time.`;
  return refusal(409, "Conflict", message);
}

export function modelInUse(label: string, deployments: readonly string[]): ServiceError {
  const message = `The trained model '${label}' is deployed as ${deployments.join(", ")} and cannot be deleted.`;
  return refusal(400, "InvalidRequest", message, "trainedModelLabel");
}

export function jobIsOver(jobId: string): ServiceError {
  return refusal(400, "InvalidRequest", `Failed to cancel job with job id ${jobId} as its already completed.`);
}

/** @param what "projects", "trained models" or "deployments", and of what */
export function tooMany(what: string, most: number): ServiceError {
  return refusal(400, "QuotaExceeded", `The limit of ${most} ${what} is reached. Delete one that is not needed.`);
}

export function invalidArgument(message: string, target?: string): ServiceError {
  const innererror = { code: "InvalidParameterValue", message };
  const body = { code: "InvalidArgument", message: "Invalid argument in request.", innererror };
  return new ServiceError(400, target === undefined ? body : { ...body, target });
}

export function unsupportedLanguage(code: string, target: string): ServiceError {
  const innererror = { code: "UnsupportedLanguageCode", message: `The language code '${code}' is not supported.` };
  return new ServiceError(400, { code: "InvalidArgument", message: "Invalid Language Code.", target, innererror });
}

export function unknownConfig(version: string, known: readonly string[]): ServiceError {
  const message = `The training config version '${version}' is not supported. Supported values latest,${known.join(",")}.`;
  return invalidArgument(message, "trainingConfigVersion");
}

/** A project's documents that cannot be trained on. */
export function invalidDocuments(message: string): ServiceError {
  const innererror = { code: "InvalidDocument", message };
  return new ServiceError(400, { code: "InvalidRequest", message: "Invalid documents in project.", innererror });
}

/** What storage did not give. */
export function storageRefusal(why: StorageProblem): ServiceError {
  const target = "storageInputContainerName";
  switch (why.problem) {
    case "notLinked":
      return refusal(
        400,
        "InvalidRequest",
        "No storage account is connected to this Language resource. (Start the emulator with a storage connection.)",
        target,
      );
    case "noPermission": {
      const message =
        `The Language resource does not have permission to read the container '${why.container}' of the connected ` +
        "storage account. Give its managed identity the role Storage Blob Data Contributor.";
      return refusal(400, "Forbidden", message, target);
    }
    case "noContainer": {
      const message = `The container '${why.container}' does not exist in the connected storage account.`;
      return refusal(400, "NotFound", message, target);
    }
    case "noBlob": {
      const some = why.names.slice(0, 5).join(", ");
      const more = why.names.length > 5 ? ` and ${why.names.length - 5} more` : "";
      return invalidDocuments(`Not found in the container '${why.container}': ${some}${more}.`);
    }
    case "unreachable": {
      const message = `The connected storage account could not be reached (${why.detail}).`;
      return refusal(503, "ServiceUnavailable", message, target);
    }
  }
}
