import type { JobPlan } from "../jobs/job.ts";
import { MAX_DEPLOYMENTS } from "../limits.ts";
import { type Authoring, requireDeployment, requireModel, requireProject } from "./authoring.ts";
import type { AuthoringWire, Operation } from "./operations/operation.ts";
import { invalidArgument, modelInUse, tooMany } from "./refusals.ts";

/** Accepts a deployment of a model under a name, new or old. @throws ServiceError */
export function deployModel(
  authoring: Authoring,
  wire: AuthoringWire,
  { project, deployment, modelLabel }: { project: string; deployment: string; modelLabel: string },
  plan: JobPlan,
): Operation {
  const { deployments } = requireProject(authoring, project);
  const { modelId } = requireModel(authoring, project, modelLabel);
  if (!deployments.has(deployment) && deployments.size >= MAX_DEPLOYMENTS) {
    throw tooMany(`deployments in project '${project}'`, MAX_DEPLOYMENTS);
  }
  return authoring.operations.start(wire, project, { kind: "deploy", deployment, modelId }, plan);
}

/** Accepts an exchange of the models of two deployments. @throws ServiceError */
export function swapDeployments(
  authoring: Authoring,
  { project, first, second }: { project: string; first: string; second: string },
  plan: JobPlan,
): Operation {
  if (first === second) throw invalidArgument("A deployment cannot be swapped with itself.", "secondDeploymentName");
  const ofFirst = requireDeployment(authoring, project, first).trained.modelId;
  const ofSecond = requireDeployment(authoring, project, second).trained.modelId;
  const gets = [
    { deployment: first, modelId: ofSecond },
    { deployment: second, modelId: ofFirst },
  ];
  return authoring.operations.start("current", project, { kind: "swap", gets }, plan);
}

/** Accepts the end of a deployment. @throws ServiceError */
export function endDeployment(authoring: Authoring, project: string, deployment: string, plan: JobPlan): Operation {
  requireDeployment(authoring, project, deployment);
  return authoring.operations.start("current", project, { kind: "deleteDeployment", deployment }, plan);
}

/** Deletes a model that no deployment serves. @throws ServiceError */
export function deleteModel(authoring: Authoring, project: string, label: string): void {
  const { modelId } = requireModel(authoring, project, label);
  const users = [...requireProject(authoring, project).deployments.values()]
    .filter(({ trained }) => trained.modelId === modelId)
    .map(({ name }) => name);
  if (users.length > 0) throw modelInUse(label, users);
  authoring.registry.deleteModel(project, label);
}
