import { retryAfterSeconds } from "../../answer.ts";
import type { Send } from "../../transport.ts";
import type { PreviewAuthoring } from "../authoring.ts";
import { createAuthoringCalls, undefinedIfMissing } from "../authoring-calls.ts";
import { PREVIEW_VERSION } from "../authoring-versions.ts";
import { evaluationSchema } from "../current/wire.ts";
import { createBody, jobSchema } from "./wire.ts";

/**
 * Authoring v1.0-preview.2 of July 2021, as its quickstart shows it
 * (https://github.com/MicrosoftDocs/azure-docs, `articles/cognitive-services/language/custom-classification/quickstart/using-api.md`
 * of that time). Its version is part of the path, and a started job's address comes in `location`.
 */
export function previewAuthoring(send: Send, endpoint: string): PreviewAuthoring {
  const calls = createAuthoringCalls({
    send,
    endpoint,
    base: `/language/text/authoring/${PREVIEW_VERSION}/projects`,
    query: {},
    locationHeader: "location",
  });
  const at = (project: string, rest = "") => `/${encodeURIComponent(project)}${rest}`;
  const task = (modelLabel: string) => ({ tasks: [{ trainingModelName: modelLabel }] });

  return {
    wire: "preview",
    endpoint,
    async createProject(project, labelsLocation) {
      await calls.start({ action: "create", method: "POST", path: "", body: createBody(project, labelsLocation) });
    },
    train: (project, { modelLabel }) =>
      calls.startJob({ action: "train", method: "POST", path: at(project, "/train"), body: task(modelLabel) }),
    evaluation: (project, trainingModelName) =>
      calls.find(
        { action: "evaluate", path: at(project, "/evaluation"), query: { trainingModelName } },
        evaluationSchema,
      ),
    publish: (project, modelLabel) =>
      calls.startJob({ action: "deploy", method: "POST", path: at(project, "/publish"), body: task(modelLabel) }),
    deleteProject: (project) =>
      undefinedIfMissing(calls.start({ action: "deleteProject", method: "DELETE", path: at(project) })),
    async getJob(job) {
      const { state, answer } = await calls.job(job, jobSchema);
      return { ...state, retryAfterSeconds: retryAfterSeconds(answer.headers, Date.now()) };
    },
  };
}
