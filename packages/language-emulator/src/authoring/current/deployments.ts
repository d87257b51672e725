import * as z from "zod";
import type { Route } from "../../http/call.ts";
import { requireDeployment, requireProject } from "../../projects/authoring.ts";
import { deployModel, endDeployment, swapDeployments } from "../../projects/deployments.ts";
import { resourceName } from "../../projects/project-file.ts";
import { operationNotFound } from "../../projects/refusals.ts";
import { type AuthoringRuntime, checked, readBody } from "../route.ts";
import { accepted, currentRoute, listPage } from "./call.ts";
import { writeDeployment, writeJob } from "./write.ts";

const deployBody = z.looseObject({ trainedModelLabel: z.string() });
const deployPath = z.object({ deploymentName: resourceName });
const swapBody = z.looseObject({ firstDeploymentName: z.string(), secondDeploymentName: z.string() });

/** Deployments: list, read, create or replace, delete, swap. */
export function deploymentRoutes(runtime: AuthoringRuntime): Route[] {
  const { authoring } = runtime;
  const { clock, operations } = authoring;
  const route = currentRoute(runtime);
  return [
    route("GET", "/{projectName}/deployments", "authoringRead", (call, project) =>
      listPage(call, [...requireProject(authoring, project).deployments.values()], (deployment) =>
        writeDeployment(deployment, call.version),
      ),
    ),

    route("GET", "/{projectName}/deployments/{deploymentName}", "authoringRead", (call, project, name) => ({
      status: 200,
      body: writeDeployment(requireDeployment(authoring, project, name), call.version),
    })),

    route("PUT", "/{projectName}/deployments/{deploymentName}", "deploy", (call, project, name) => {
      const { deploymentName: deployment } = checked(deployPath, { deploymentName: name });
      const { trainedModelLabel: modelLabel } = readBody(deployBody, call.body);
      const { id } = deployModel(authoring, "current", { project, deployment, modelLabel }, call.plan);
      return accepted(call, `/${project}/deployments/${name}/jobs/${id}`);
    }),

    route("DELETE", "/{projectName}/deployments/{deploymentName}", "deleteDeployment", (call, project, name) => {
      const { id } = endDeployment(authoring, project, name, call.plan);
      return accepted(call, `/${project}/deployments/${name}/jobs/${id}`);
    }),

    route("POST", "/{projectName}/deployments/:swap", "swap", (call, project) => {
      const { firstDeploymentName: first, secondDeploymentName: second } = readBody(swapBody, call.body);
      const { id } = swapDeployments(authoring, { project, first, second }, call.plan);
      return accepted(call, `/${project}/deployments/swap/jobs/${id}`);
    }),

    // A deployment may be called "swap": the same address serves both.
    route(
      "GET",
      "/{projectName}/deployments/{deploymentName}/jobs/{jobId}",
      "authoringStatus",
      (_call, project, name, id) => {
        const operation = operations.find("current", project, id);
        const { work } = operation;
        const isSwap = work.kind === "swap" && name === "swap";
        const isOfDeployment = (work.kind === "deploy" || work.kind === "deleteDeployment") && work.deployment === name;
        if (!isSwap && !isOfDeployment) throw operationNotFound(id);
        return { status: 200, body: writeJob(operation, clock.now()) };
      },
    ),
  ];
}
