import type { Route } from "../../../http/call.ts";
import { requireModel, requireProject } from "../../../projects/authoring/authoring.ts";
import { deleteModel } from "../../../projects/authoring/deployments.ts";
import type { ModelEvaluation } from "../../../projects/evaluation/evaluation.ts";
import type { ProjectKind } from "../../../projects/project-file.ts";
import { evaluationNotFound, operationNotFound } from "../../../projects/refusals.ts";
import type { AuthoringRuntime } from "../runtime.ts";
import { accepted, currentRoute } from "./current-route.ts";
import { listPage } from "./list-page.ts";
import { requireUtf16 } from "./string-index.ts";
import { writeResult, writeSummary } from "./write-evaluation.ts";
import { writeJob } from "./write-job.ts";
import { writeModel } from "./write-resources.ts";

/** Trained models: list, read, delete, take their labels back, and how they did in their test. */
export function modelRoutes(runtime: AuthoringRuntime): Route[] {
  const { authoring } = runtime;
  const { clock, desk } = authoring;
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
        const { id } = desk.start("current", project, { kind: "loadSnapshot", modelLabel: label }, call.plan);
        return accepted(call, `/${project}/models/${label}/load-snapshot/jobs/${id}`);
      },
    ),

    route(
      "GET",
      "/{projectName}/models/{trainedModelLabel}/load-snapshot/jobs/{jobId}",
      "authoringStatus",
      (_call, project, label, id) => {
        const operation = desk.find("current", project, id);
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
