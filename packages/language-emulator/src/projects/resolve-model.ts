import * as z from "zod";
import { type ErrorBody, invalidParameter, ServiceError } from "../http/service-error.ts";
import { DeferredFailure } from "../jobs/answer-task.ts";
import { parameterProblem, type ResolvedModel, type TaskKind } from "../kinds/kind.ts";
import type { Clock } from "../time.ts";
import type { ProjectRegistry } from "./registry.ts";

/**
 * What an unknown project or deployment leads to: the request is refused with 404, or it is accepted and the task
 * fails in the job. No recording shows what the service does; a client must be ready for both.
 */
export type UnknownProject = "refuse" | "failTask";

const byName = z.object({ projectName: z.string().min(1), deploymentName: z.string().min(1) });
const byModelId = z.object({ modelId: z.string().min(1) });

function parse<T>(kind: TaskKind, schema: z.ZodType<T>, parameters: unknown): T {
  const parsed = schema.safeParse(parameters ?? {}, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw invalidParameter(parameterProblem(kind, parsed.error));
}

function unknown(how: UnknownProject, code: string, message: string): Error {
  const body: ErrorBody = { code, message };
  return how === "refuse" ? new ServiceError(404, body) : new DeferredFailure(body);
}

function wrongKind(kind: TaskKind, projectName: string, projectKind: string): ServiceError {
  return invalidParameter(
    `Job task: '${kind}' failed with validation error: Project '${projectName}' is of kind ${projectKind}.`,
  );
}

function expired(projectName: string, deploymentName: string): ServiceError {
  const message = `The deployment '${deploymentName}' of project '${projectName}' has expired.`;
  return new ServiceError(400, { code: "InvalidRequest", message });
}

/** Kinds whose projects are not played: every name counts as a project and a deployment of theirs. */
const UNTRAINED: ReadonlySet<TaskKind> = new Set<TaskKind>([
  "CustomSentimentAnalysis",
  "CustomAbstractiveSummarization",
]);

/** Finds models by the parameters `projectName` and `deploymentName`. */
export function modelByDeployment(projects: ProjectRegistry, how: UnknownProject, clock: Clock) {
  return (kind: TaskKind, parameters: unknown): ResolvedModel => {
    const { projectName, deploymentName } = parse(kind, byName, parameters);
    const about = { projectName, deploymentName };
    const identity = `${projectName}/${deploymentName}`;
    const project = projects.project(projectName);
    if (project === undefined) {
      if (UNTRAINED.has(kind)) return { model: { type: "untrained" }, about, identity };
      throw unknown(how, "ProjectNotFound", `The specified project '${projectName}' was not found.`);
    }
    if (project.metadata.projectKind !== kind) throw wrongKind(kind, projectName, project.metadata.projectKind);
    const trained = projects.deployed(projectName, deploymentName);
    if (trained === undefined) {
      const message = `The specified deployment '${deploymentName}' was not found in project '${projectName}'.`;
      throw unknown(how, "NotFound", message);
    }
    const { expiresOn } = project.deployments.get(deploymentName) ?? {};
    if (expiresOn !== undefined && Date.parse(expiresOn) <= clock.now()) throw expired(projectName, deploymentName);
    return { model: trained.model, about, identity };
  };
}

/** Finds models by the parameter `modelId`, which the preview of 2021 gave out when a model was published. */
export function modelById(projects: ProjectRegistry, how: UnknownProject) {
  return (kind: TaskKind, parameters: unknown): ResolvedModel => {
    const { modelId } = parse(kind, byModelId, parameters);
    const found = projects.published(modelId);
    if (found === undefined) throw unknown(how, "NotFound", `The specified model '${modelId}' was not found.`);
    const { projectName, projectKind } = found.project.metadata;
    if (projectKind !== kind) throw wrongKind(kind, projectName, projectKind);
    return { model: found.trained.model, about: {}, identity: modelId };
  };
}
