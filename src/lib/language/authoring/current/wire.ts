import { z } from "zod";
import { isFinished, readStatus } from "../../jobs/job-status.ts";
import { serviceErrorSchema } from "../../service-error.ts";
import type { AuthoringJobState, Deployment, NewProject, ProjectMetadata, TrainedModel } from "../authoring.ts";

/**
 * Answers of the current authoring wire; `models.tsp` of azure-rest-api-specs
 * (`specification/cognitiveservices/Language.AnalyzeText-authoring`). Unknown fields are kept.
 */
export const projectSchema: z.ZodType<ProjectMetadata> = z.looseObject({
  projectName: z.string(),
  projectKind: z.string(),
  storageInputContainerName: z.string().default(""),
  language: z.string().optional(),
  multilingual: z.boolean().optional().catch(undefined),
  lastTrainedDateTime: z.string().optional().catch(undefined),
  lastDeployedDateTime: z.string().optional().catch(undefined),
});

export const modelSchema: z.ZodType<TrainedModel> = z.looseObject({
  label: z.string(),
  modelId: z.string().default(""),
  lastTrainedDateTime: z.string().default(""),
  modelExpirationDate: z.string().optional().catch(undefined),
});

export const deploymentSchema: z.ZodType<Deployment> = z.looseObject({
  deploymentName: z.string(),
  modelId: z.string().default(""),
  lastTrainedDateTime: z.string().default(""),
  lastDeployedDateTime: z.string().default(""),
  deploymentExpirationDate: z.string().optional().catch(undefined),
});

const partSchema = z.looseObject({ percentComplete: z.number().optional(), status: z.string().optional() });

/** Any job; a training has a `result`. */
export const jobSchema = z
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
export function projectBody(project: NewProject): object {
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
