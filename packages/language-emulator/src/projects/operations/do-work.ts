import type { ErrorBody } from "../../http/service-error.ts";
import { deploymentNotFound, modelNotFound, projectNotFound } from "../refusals.ts";
import type { ProjectRegistry } from "../registry.ts";
import { learn } from "../trained-model.ts";
import type { Operation } from "./operation.ts";

/**
 * Does what a job was accepted for. Doing it twice is the same as once, so that a process may stop in between.
 * @returns why it could not be done, when what it needs was taken away while it ran
 */
export function doWork(
  { project: name, work, startsAt, finishesAt }: Operation,
  registry: ProjectRegistry,
): ErrorBody | undefined {
  if (work.kind === "import") {
    registry.import(work.metadata, work.assets, finishesAt);
    return undefined;
  }
  const project = registry.project(name);
  if (project === undefined) return work.kind === "deleteProject" ? undefined : projectNotFound(name).body;
  switch (work.kind) {
    case "export":
      return undefined;
    case "train":
      if (work.model !== undefined) {
        const trainingSeconds = Math.round((finishesAt - startsAt) / 1_000);
        registry.addModel(name, learn({ ...work.model, trainedAt: finishesAt, trainingSeconds }));
      }
      return undefined;
    case "loadSnapshot": {
      const model = project.models.get(work.modelLabel);
      if (model === undefined) return modelNotFound(name, work.modelLabel).body;
      registry.import(project.metadata, model.labels, finishesAt);
      return undefined;
    }
    case "deploy":
      return serve(registry, name, [work], finishesAt);
    case "swap": {
      const gone = work.gets.find(({ deployment }) => registry.deployed(name, deployment) === undefined);
      if (gone !== undefined) return deploymentNotFound(name, gone.deployment).body;
      return serve(registry, name, work.gets, finishesAt);
    }
    case "deleteDeployment":
      registry.deleteDeployment(name, work.deployment);
      return undefined;
    case "deleteProject":
      registry.deleteProject(name);
      return undefined;
  }
}

function serve(
  registry: ProjectRegistry,
  project: string,
  wanted: readonly { deployment: string; modelId: string }[],
  now: number,
): ErrorBody | undefined {
  const found = wanted.map(({ deployment, modelId }) => ({
    deployment,
    modelId,
    trained: registry.modelById(project, modelId),
  }));
  const missing = found.find(({ trained }) => trained === undefined);
  if (missing !== undefined) return modelNotFound(project, missing.modelId).body;
  for (const { deployment, trained } of found) {
    if (trained !== undefined) registry.serve(project, deployment, trained, now);
  }
  return undefined;
}
