import { type ErrorBody, ServiceError } from "../http/service-error.ts";
import type { Clock } from "../time.ts";
import type { OperationQueue } from "./operations/operation-queue.ts";
import { deploymentNotFound, modelNotFound, projectNotFound } from "./refusals.ts";
import type { Deployment, Project, ProjectRegistry } from "./registry.ts";
import type { TrainedModel } from "./trained-model.ts";
import type { TrainingStorage } from "./training-storage.ts";

/**
 * What labels and texts that cannot be used lead to: the request is refused with 400, or it is accepted and the job
 * fails. No recording shows what the service does; a client must be ready for both.
 */
export type AuthoringProblems = "refuse" | "failJob";

/** What authoring works with. */
export interface Authoring {
  clock: Clock;
  registry: ProjectRegistry;
  operations: OperationQueue;
  storage: TrainingStorage;
  /** Undefined: an import is refused, as documented; a training fails. */
  problems: AuthoringProblems | undefined;
  /** Decides which documents are held out, and the ids of models. */
  seed: string;
}

/** @throws ServiceError 404 */
export function requireProject({ registry }: Authoring, name: string): Project {
  const project = registry.project(name);
  if (project === undefined) throw projectNotFound(name);
  return project;
}

/** @throws ServiceError 404 */
export function requireModel(authoring: Authoring, project: string, label: string): TrainedModel {
  const model = requireProject(authoring, project).models.get(label);
  if (model === undefined) throw modelNotFound(project, label);
  return model;
}

/** @throws ServiceError 404 */
export function requireDeployment(authoring: Authoring, project: string, name: string): Deployment {
  const deployment = requireProject(authoring, project).deployments.get(name);
  if (deployment === undefined) throw deploymentNotFound(project, name);
  return deployment;
}

/**
 * Runs a check whose refusal may come at once or in the job that was asked for. What is wrong with the service itself
 * (5xx) comes at once.
 */
export async function refuseOrFail<T>(
  how: AuthoringProblems,
  check: () => Promise<T>,
): Promise<{ value: T } | { failure: ErrorBody }> {
  try {
    return { value: await check() };
  } catch (error) {
    if (how === "failJob" && error instanceof ServiceError && error.status < 500) return { failure: error.body };
    throw error;
  }
}
