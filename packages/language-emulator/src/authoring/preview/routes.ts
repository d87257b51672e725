import * as z from "zod";
import type { Call, Reply, Route, Operation as RouteOperation } from "../../http/call.ts";
import { resourceNotFound } from "../../http/service-error.ts";
import { requireModel, requireProject } from "../../projects/authoring.ts";
import { deployModel } from "../../projects/deployments.ts";
import { isTraining } from "../../projects/operations/operation.ts";
import { type ProjectKind, resourceName } from "../../projects/project-file.ts";
import { evaluationNotFound, invalidArgument, operationNotFound } from "../../projects/refusals.ts";
import { PUBLISHED_DEPLOYMENT } from "../../projects/registry.ts";
import { startTraining } from "../../projects/start-training.ts";
import type { EvaluationOptions, ModelEvaluation } from "../../projects/training/test-model.ts";
import { type AuthoringRuntime, authoringRoute, readBody } from "../route.ts";
import { createProject, writeProject } from "./create-project.ts";
import { writeEvaluation, writePublication, writeTraining, writeValidation } from "./write.ts";

const WIRE = "v1.0-preview.2";
const BASE = `/language/text/authoring/${WIRE}/projects`;
/** "The training set contains 80%", validation and test set 10% each (documentation, "How to train your model"). */
const SPLIT: EvaluationOptions = { kind: "percentage", trainingSplitPercentage: 80, testingSplitPercentage: 10 };

const tasksBody = z.looseObject({
  tasks: z.array(z.looseObject({ trainingModelName: resourceName })).length(1, "exactly one task can be run"),
});

/** The routes of the preview of 2021, as its quickstart shows them; jobs are found by `location`. */
export function previewAuthoringRoutes(runtime: AuthoringRuntime): Route[] {
  const { authoring } = runtime;
  const { clock, operations, registry } = authoring;
  const route = (
    method: string,
    path: string,
    operation: RouteOperation,
    answer: (call: Call, ...names: string[]) => Reply | Promise<Reply>,
  ): Route => authoringRoute(runtime, { method, path: `${BASE}${path}`, operation }, answer);

  const accepted = ({ endpoint }: Call, path: string): Reply => ({
    status: 202,
    headers: { location: `${endpoint}${BASE}${path}` },
  });
  const modelOf = ({ body }: Call): string => readBody(tasksBody, body).tasks[0]?.trainingModelName ?? "";
  const evaluationOf = ({ query }: Call, name: string): { kind: ProjectKind; evaluation: ModelEvaluation } => {
    const { projectKind: kind } = requireProject(authoring, name).metadata;
    const label = query.get("trainingModelName");
    if (label === null) throw invalidArgument("trainingModelName is missing.", "trainingModelName");
    const { evaluation } = requireModel(authoring, name, label);
    if (evaluation === undefined) throw evaluationNotFound(name, label);
    return { kind, evaluation };
  };

  return [
    route("POST", "", "createProject", async (call) => ({
      status: 201,
      body: writeProject(await createProject(authoring, call.body)),
    })),

    route("POST", "/{projectName}/train", "train", async (call, project) => {
      const request = { project, modelLabel: modelOf(call), configVersion: "latest", options: SPLIT };
      const { id } = await startTraining(authoring, WIRE, request, call.plan);
      return accepted(call, `/${project}/train/jobs/${id}`);
    }),

    route("GET", "/{projectName}/train/jobs/{jobId}", "authoringStatus", (_call, project, id) => {
      const operation = operations.find(WIRE, project, id);
      if (!isTraining(operation)) throw operationNotFound(id);
      return { status: 200, body: writeTraining(operation, clock.now()) };
    }),

    route("GET", "/{projectName}/evaluation", "authoringRead", (call, project) => {
      const { kind, evaluation } = evaluationOf(call, project);
      return { status: 200, body: writeEvaluation(kind, evaluation) };
    }),

    route("GET", "/{projectName}/validation", "authoringRead", (call, project) => {
      const { kind, evaluation } = evaluationOf(call, project);
      const body = writeValidation(kind, evaluation);
      if (body === undefined) throw resourceNotFound();
      return { status: 200, body };
    }),

    route("POST", "/{projectName}/publish", "deploy", (call, project) => {
      const target = { project, deployment: PUBLISHED_DEPLOYMENT, modelLabel: modelOf(call) };
      const { id } = deployModel(authoring, WIRE, target, call.plan);
      return accepted(call, `/${project}/publish/jobs/${id}`);
    }),

    route("GET", "/{projectName}/publish/jobs/{jobId}", "authoringStatus", (_call, project, id) => {
      const operation = operations.find(WIRE, project, id);
      if (operation.work.kind !== "deploy") throw operationNotFound(id);
      const modelId = registry.publishedModelId(requireProject(authoring, project));
      return { status: 200, body: writePublication(operation, modelId, clock.now()) };
    }),

    route("DELETE", "/{projectName}", "deleteProject", (_call, project) => {
      requireProject(authoring, project);
      operations.deleteProject(project);
      return { status: 204 };
    }),
  ];
}
