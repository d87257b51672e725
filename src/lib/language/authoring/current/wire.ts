import { z } from "zod";
import { serviceErrorSchema } from "../../errors/language-error.ts";
import { isFinished, readStatus } from "../../jobs/job-state.ts";
import type {
  AuthoringJobState,
  ClassScores,
  Deployment,
  Evaluation,
  NewProject,
  ProjectMetadata,
  TrainedModel,
} from "../authoring.ts";

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
