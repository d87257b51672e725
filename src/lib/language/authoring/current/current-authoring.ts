import { retryAfterSeconds } from "../../answer.ts";
import type { Send } from "../../transport.ts";
import type { CurrentAuthoring } from "../authoring.ts";
import { type AuthoringRequest, createAuthoringCalls, undefinedIfMissing } from "../authoring-calls.ts";
import { deploymentSchema, evaluationSchema, jobSchema, modelSchema, projectBody, projectSchema } from "./wire.ts";

/**
 * The current authoring wire, 2022-05-01 and later
 * (https://learn.microsoft.com/rest/api/language/text-analysis-authoring). Actions hang on a resource by `/:action`.
 */
export function currentAuthoring(send: Send, endpoint: string, apiVersion: string): CurrentAuthoring {
  const calls = createAuthoringCalls({
    send,
    endpoint,
    base: "/language/authoring/analyze-text/projects",
    query: { "api-version": apiVersion },
    locationHeader: "operation-location",
  });
  const at = (project: string, rest = "") => `/${encodeURIComponent(project)}${rest}`;
  const modelAt = (project: string, label: string, rest = "") =>
    at(project, `/models/${encodeURIComponent(label)}${rest}`);
  const deploymentAt = (project: string, name: string) => at(project, `/deployments/${encodeURIComponent(name)}`);
  const look = (path: string): AuthoringRequest => ({ action: "list", path });

  return {
    wire: "current",
    endpoint,
    project: (name) => calls.find(look(at(name)), projectSchema),
    projects: () => calls.list(look(""), projectSchema),

    putProject: (project) =>
      calls.read(
        {
          action: "create",
          method: "PATCH",
          path: at(project.name),
          body: projectBody(project),
          contentType: "application/merge-patch+json",
        },
        projectSchema,
        [200, 201],
      ),

    importProject: (project, assets) =>
      calls.startJob({
        action: "import",
        method: "POST",
        path: at(project.name, "/:import"),
        body: {
          projectFileVersion: apiVersion,
          stringIndexType: "Utf16CodeUnit",
          metadata: projectBody(project),
          assets,
        },
      }),

    train: (project, options) =>
      calls.startJob({ action: "train", method: "POST", path: at(project, "/:train"), body: options }),
    trainings: (project) => calls.list(look(at(project, "/train/jobs")), jobSchema),
    trainingJob: (project, jobId) => calls.jobAt(at(project, "/train/jobs"), jobId),
    cancelTraining: (project, jobId) =>
      calls.startJob({
        action: "cancel",
        method: "POST",
        path: at(project, `/train/jobs/${encodeURIComponent(jobId)}/:cancel`),
      }),
    evaluation: (project, label) =>
      calls.find({ action: "evaluate", path: modelAt(project, label, "/evaluation/summary-result") }, evaluationSchema),

    models: (project) => calls.list(look(at(project, "/models")), modelSchema),
    model: (project, label) => calls.find(look(modelAt(project, label)), modelSchema),
    async deleteModel(project, label) {
      await undefinedIfMissing(calls.start({ action: "deleteModel", method: "DELETE", path: modelAt(project, label) }));
    },

    deployments: (project) => calls.list(look(at(project, "/deployments")), deploymentSchema),
    deployment: (project, name) => calls.find(look(deploymentAt(project, name)), deploymentSchema),
    deploy: (project, name, modelLabel) =>
      calls.startJob({
        action: "deploy",
        method: "PUT",
        path: deploymentAt(project, name),
        body: { trainedModelLabel: modelLabel },
      }),
    swap: (project, firstDeploymentName, secondDeploymentName) =>
      calls.startJob({
        action: "swap",
        method: "POST",
        path: at(project, "/deployments/:swap"),
        body: { firstDeploymentName, secondDeploymentName },
      }),
    deleteDeployment: (project, name) =>
      undefinedIfMissing(
        calls.start({ action: "deleteDeployment", method: "DELETE", path: deploymentAt(project, name) }),
      ),

    deleteProject: (project) =>
      undefinedIfMissing(calls.start({ action: "deleteProject", method: "DELETE", path: at(project) })),

    async getJob(job) {
      const { state, answer } = await calls.job(job, jobSchema);
      return { ...state, retryAfterSeconds: retryAfterSeconds(answer.headers, Date.now()) };
    },
  };
}
