import { z } from "zod";
import { retryAfterSeconds } from "../answer.ts";
import { serviceErrorSchema } from "../errors/language-error.ts";
import { isFinished, readStatus } from "../jobs/job-state.ts";
import type { Send } from "../transport.ts";
import type {
  AuthoringJobState,
  ClassScores,
  CurrentAuthoring,
  Deployment,
  Evaluation,
  NewProject,
  ProjectMetadata,
  TrainedModel,
} from "./authoring.ts";
import { type AuthoringRequest, createAuthoringCalls, undefinedIfMissing } from "./authoring-calls.ts";

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
  const show = (path: string): AuthoringRequest => ({ action: "list", path });

  return {
    wire: "current",
    endpoint,
    project: (name) => calls.find(show(at(name)), projectSchema),
    projects: () => calls.list(show(""), projectSchema),

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
    trainings: (project) => calls.list(show(at(project, "/train/jobs")), jobSchema),
    trainingJob: (project, jobId) => calls.jobAt(at(project, "/train/jobs"), jobId),
    cancelTraining: (project, jobId) =>
      calls.startJob({
        action: "cancel",
        method: "POST",
        path: at(project, `/train/jobs/${encodeURIComponent(jobId)}/:cancel`),
      }),
    evaluation: (project, label) =>
      calls.find({ action: "evaluate", path: modelAt(project, label, "/evaluation/summary-result") }, evaluationSchema),

    models: (project) => calls.list(show(at(project, "/models")), modelSchema),
    model: (project, label) => calls.find(show(modelAt(project, label)), modelSchema),
    async deleteModel(project, label) {
      await undefinedIfMissing(calls.start({ action: "deleteModel", method: "DELETE", path: modelAt(project, label) }));
    },

    deployments: (project) => calls.list(show(at(project, "/deployments")), deploymentSchema),
    deployment: (project, name) => calls.find(show(deploymentAt(project, name)), deploymentSchema),
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

/**
 * Answers of the current authoring wire; `models.tsp` of azure-rest-api-specs
 * (`specification/cognitiveservices/Language.AnalyzeText-authoring`). Unknown fields are kept.
 */
const projectSchema: z.ZodType<ProjectMetadata> = z.looseObject({
  projectName: z.string(),
  projectKind: z.string(),
  storageInputContainerName: z.string().default(""),
  language: z.string().optional(),
  multilingual: z.boolean().optional().catch(undefined),
  lastTrainedDateTime: z.string().optional().catch(undefined),
  lastDeployedDateTime: z.string().optional().catch(undefined),
});

const modelSchema: z.ZodType<TrainedModel> = z.looseObject({
  label: z.string(),
  modelId: z.string().default(""),
  lastTrainedDateTime: z.string().default(""),
  modelExpirationDate: z.string().optional().catch(undefined),
});

const deploymentSchema: z.ZodType<Deployment> = z.looseObject({
  deploymentName: z.string(),
  modelId: z.string().default(""),
  lastTrainedDateTime: z.string().default(""),
  lastDeployedDateTime: z.string().default(""),
  deploymentExpirationDate: z.string().optional().catch(undefined),
});

const partSchema = z.looseObject({ percentComplete: z.number().optional(), status: z.string().optional() });

/** Any job; a training has a `result`. */
const jobSchema = z
  .looseObject({
    jobId: z.string(),
    status: z.string(),
    createdDateTime: z.string().optional(),
    expirationDateTime: z.string().nullish(),
    warnings: z.array(z.looseObject({ code: z.string(), message: z.string() })).nullish(),
    errors: z.array(serviceErrorSchema).nullish(),
    result: z
      .looseObject({
        modelLabel: z.string().optional(),
        trainingConfigVersion: z.string().optional(),
        estimatedEndDateTime: z.string().nullish(),
        trainingStatus: partSchema.optional(),
      })
      .nullish(),
  })
  .transform(({ result, ...job }): AuthoringJobState => {
    const status = readStatus(job.status);
    return {
      jobId: job.jobId,
      status,
      finished: isFinished(status),
      errors: job.errors ?? [],
      warnings: job.warnings ?? [],
      createdDateTime: job.createdDateTime,
      expirationDateTime: job.expirationDateTime ?? undefined,
      percent: result?.trainingStatus?.percentComplete,
      estimatedEndDateTime: result?.estimatedEndDateTime ?? undefined,
      modelLabel: result?.modelLabel,
      trainingConfigVersion: result?.trainingConfigVersion,
    };
  });

/** The settings of a project as the wire names them. */
function projectBody(project: NewProject): object {
  const { name, kind, container, language, multilingual, description, settings } = project;
  return {
    projectName: name,
    projectKind: kind,
    storageInputContainerName: container,
    language,
    multilingual,
    ...(description === undefined ? {} : { description }),
    ...(settings === undefined ? {} : { settings }),
  };
}

/** .NET writes a score that cannot be computed as the text "NaN". */
const score = z.number().optional().catch(undefined);

const classSchema = z.looseObject({ f1: score, precision: score, recall: score });

const scoresSchema = z.looseObject({
  classes: z.record(z.string(), classSchema).nullish(),
  entities: z.record(z.string(), classSchema).nullish(),
  macroF1: score,
  macroPrecision: score,
  macroRecall: score,
  microF1: score,
  microPrecision: score,
  microRecall: score,
});

/**
 * The evaluation of a model, on either wire: one object whose name ends in `Evaluation` holds the scores
 * (`customSingleLabelClassificationEvaluation` and its like since 2022-05-01; `multiClassificationEvaluation` beside a
 * null `singleClassificationEvaluation` in v1.0-preview.2).
 */
export const evaluationSchema = z
  .record(z.string(), z.unknown())
  .transform((answer) => Object.entries(answer).find(([name, value]) => name.endsWith("Evaluation") && value)?.[1])
  .pipe(scoresSchema)
  .transform(({ classes, entities, ...scores }): Evaluation => {
    const each = Object.entries(classes ?? entities ?? {}).map(([name, { f1, precision, recall }]) => {
      return [name, { f1, precision, recall }] satisfies [string, ClassScores];
    });
    const { macroF1, macroPrecision, macroRecall, microF1, microPrecision, microRecall } = scores;
    return {
      macroF1,
      macroPrecision,
      macroRecall,
      microF1,
      microPrecision,
      microRecall,
      classes: Object.fromEntries(each),
    };
  });
