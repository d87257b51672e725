import { z } from "zod";
import { retryAfterSeconds } from "../answer.ts";
import { serviceErrorSchema } from "../errors/language-error.ts";
import { isFinished, readStatus } from "../jobs/job-state.ts";
import type { Send } from "../transport.ts";
import {
  type AuthoringJobState,
  type NewProject,
  PREVIEW_VERSION,
  type PreviewAuthoring,
  type ProjectKind,
} from "./authoring.ts";
import { createAuthoringCalls, undefinedIfMissing } from "./authoring-calls.ts";
import { evaluationSchema } from "./current-authoring.ts";

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

/** What v1.0-preview.2 calls the kinds. */
const MODEL_TYPES: Partial<Record<ProjectKind, string>> = {
  CustomSingleLabelClassification: "SingleClassification",
  CustomMultiLabelClassification: "MultiClassification",
  CustomEntityRecognition: "Extraction",
};

const partSchema = z.looseObject({ status: z.string().catch(""), error: serviceErrorSchema.nullish() });

/** A training (its tasks name the model and its evaluation) or a publication (its tasks name the model id). */
const jobSchema = z
  .looseObject({
    jobId: z.string(),
    status: z.string(),
    createdDateTime: z.string().optional(),
    expirationDateTime: z.string().nullish(),
    errors: z.array(serviceErrorSchema).nullish(),
    tasks: z
      .array(
        partSchema.extend({
          trainingModelName: z.string().nullish(),
          modelId: z.string().nullish(),
          evaluationStatus: partSchema.nullish(),
        }),
      )
      .nullish(),
  })
  .transform((job): AuthoringJobState => {
    const tasks = job.tasks ?? [];
    const parts = tasks.flatMap(({ evaluationStatus, ...task }) => [
      task,
      ...(evaluationStatus ? [evaluationStatus] : []),
    ]);
    const failed = parts.filter((part) => readStatus(part.status) === "failed");
    const whole = readStatus(job.status);
    const status = isFinished(whole) && failed.length > 0 ? "failed" : whole;
    return {
      jobId: job.jobId,
      status,
      finished: isFinished(status),
      // Running tasks may carry an error object that says nothing.
      errors: status === "failed" ? [...(job.errors ?? []), ...failed.flatMap(({ error }) => error ?? [])] : [],
      warnings: [],
      createdDateTime: job.createdDateTime,
      expirationDateTime: job.expirationDateTime ?? undefined,
      modelLabel: tasks.find(({ trainingModelName }) => trainingModelName)?.trainingModelName ?? undefined,
      modelId: tasks.find(({ modelId }) => modelId)?.modelId ?? undefined,
    };
  });

/** @throws RangeError for a kind that the preview does not have */
function createBody(project: NewProject, labelsLocation: string): object {
  const modelType = MODEL_TYPES[project.kind];
  if (modelType === undefined) throw new RangeError(`v1.0-preview.2 has no ${project.kind}`);
  return {
    name: project.name,
    modelType,
    multiLingual: project.multilingual,
    description: project.description ?? "",
    culture: project.language,
    storageInputContainerName: project.container,
    labelsLocation,
  };
}
