import { z } from "zod";
import { serviceErrorSchema } from "../../errors/language-error.ts";
import { isFinished, readStatus } from "../../jobs/job-state.ts";
import type { AuthoringJobState, NewProject, ProjectKind } from "../authoring.ts";

/** What v1.0-preview.2 calls the kinds. */
const MODEL_TYPES: Partial<Record<ProjectKind, string>> = {
  CustomSingleLabelClassification: "SingleClassification",
  CustomMultiLabelClassification: "MultiClassification",
  CustomEntityRecognition: "Extraction",
};

const partSchema = z.looseObject({ status: z.string(), error: serviceErrorSchema.nullish() });

/** A training (its tasks name the model and its evaluation) or a publication (its tasks name the model id). */
export const jobSchema = z
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
export function createBody(project: NewProject, labelsLocation: string): object {
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
