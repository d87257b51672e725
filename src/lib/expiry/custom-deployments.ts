import type { Pipeline } from "../settings/pipeline.ts";

/** A deployment of a custom model that pipelines ask. */
export interface CustomDeployment {
  /** Language resource, no trailing slash. */
  endpoint: string;
  project: string;
  deployment: string;
  /** Names of the pipelines that ask it, in the order of pipelines.json. */
  pipelines: string[];
}

/**
 * The deployments that pipelines ask, each once. A model of the 2021 preview, which is named by its id, has none.
 * @param endpointsOf the Language resources of a pipeline
 */
export function customDeployments(
  pipelines: readonly Pipeline[],
  endpointsOf: (pipeline: Pipeline) => readonly string[],
): CustomDeployment[] {
  const found = new Map<string, CustomDeployment>();
  for (const pipeline of pipelines) {
    for (const { parameters } of pipeline.tasks) {
      const { projectName: project, deploymentName: deployment } = parameters;
      if (typeof project !== "string" || typeof deployment !== "string") continue;
      for (const endpoint of endpointsOf(pipeline)) {
        const key = JSON.stringify([endpoint, project, deployment]);
        const known = found.get(key) ?? { endpoint, project, deployment, pipelines: [] };
        if (!known.pipelines.includes(pipeline.name)) known.pipelines.push(pipeline.name);
        found.set(key, known);
      }
    }
  }
  return [...found.values()];
}
