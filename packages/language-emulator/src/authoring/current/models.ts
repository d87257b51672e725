import type { Route } from "../../http/call.ts";
import { requireModel, requireProject } from "../../projects/authoring.ts";
import { deleteModel } from "../../projects/deployments.ts";
import type { ProjectKind } from "../../projects/project-file.ts";
import { evaluationNotFound, operationNotFound } from "../../projects/refusals.ts";
import type { ModelEvaluation } from "../../projects/training/test-model.ts";
import type { AuthoringRuntime } from "../route.ts";
import { accepted, currentRoute, listPage, requireUtf16 } from "./call.ts";
import { writeJob, writeModel, writeResult, writeSummary } from "./write.ts";

/** Trained models: list, read, delete, take their labels back, and how they did in their test. */
export function modelRoutes(runtime: AuthoringRuntime): Route[] {
  const { authoring } = runtime;
  const { clock, operations } = authoring;
  const route = currentRoute(runtime);

  const evaluationOf = (project: string, label: string): { kind: ProjectKind; evaluation: ModelEvaluation } => {
    const { evaluation } = requireModel(authoring, project, label);
    if (evaluation === undefined) throw evaluationNotFound(project, label);
    return { kind: requireProject(authoring, project).metadata.projectKind, evaluation };
  };

  return [
    route("GET", "/{projectName}/models", "authoringRead", (call, project) =>
      listPage(call, [...requireProject(authoring, project).models.values()], writeModel),
    ),

    route("GET", "/{projectName}/models/{trainedModelLabel}", "authoringRead", (_call, project, label) => ({
      status: 200,
      body: writeModel(requireModel(authoring, project, label)),
    })),

    route("DELETE", "/{projectName}/models/{trainedModelLabel}", "deleteModel", (_call, project, label) => {
      deleteModel(authoring, project, label);
      return { status: 204 };
    }),

    route(
      "POST",
      "/{projectName}/models/{trainedModelLabel}/:load-snapshot",
      "importProject",
      (call, project, label) => {
        requireModel(authoring, project, label);
        const { id } = operations.start("current", project, { kind: "loadSnapshot", modelLabel: label }, call.plan);
        return accepted(call, `/${project}/models/${label}/load-snapshot/jobs/${id}`);
      },
    ),

    route(
      "GET",
      "/{projectName}/models/{trainedModelLabel}/load-snapshot/jobs/{jobId}",
      "authoringStatus",
      (_call, project, label, id) => {
        const operation = operations.find("current", project, id);
        const { work } = operation;
        if (work.kind !== "loadSnapshot" || work.modelLabel !== label) throw operationNotFound(id);
        return { status: 200, body: writeJob(operation, clock.now()) };
      },
    ),

    route(
      "GET",
      "/{projectName}/models/{trainedModelLabel}/evaluation/summary-result",
      "authoringRead",
      (_call, project, label) => {
        const { kind, evaluation } = evaluationOf(project, label);
        return { status: 200, body: writeSummary(kind, evaluation) };
      },
    ),

    route(
      "GET",
      "/{projectName}/models/{trainedModelLabel}/evaluation/result",
      "authoringRead",
      (call, project, label) => {
        requireUtf16(call);
        const { kind, evaluation } = evaluationOf(project, label);
        return listPage(call, evaluation.documents, (document) => writeResult(kind, document));
      },
    ),
  ];
}
