import type { JobPlan } from "../jobs/job.ts";
import { MAX_MODELS } from "../limits.ts";
import { type Authoring, refuseOrFail, requireProject } from "./authoring.ts";
import type { AuthoringWire, Operation } from "./operations/operation.ts";
import { evaluationNotFound, tooMany, trainingRuns, unknownConfig } from "./refusals.ts";
import { newModelId } from "./trained-model.ts";
import type { EvaluationOptions } from "./training/test-model.ts";
import { findTrainingConfig, TRAINING_CONFIGS, trainProject } from "./training/train-project.ts";

/** What a training is asked for with. */
export interface TrainingRequest {
  project: string;
  modelLabel: string;
  configVersion: string;
  options: EvaluationOptions;
}

/** Share of the documents that the preview of 2021 looks at during training. */
const VALIDATION_SHARE = 0.1;

/**
 * Accepts a training. A model of that label is replaced when it ends well; what is deployed stays as it is.
 * @throws ServiceError
 */
export async function startTraining(
  authoring: Authoring,
  wire: AuthoringWire,
  request: TrainingRequest,
  plan: JobPlan,
): Promise<Operation> {
  const { clock, operations, storage, problems, seed } = authoring;
  const { project: name, modelLabel, options } = request;
  const project = requireProject(authoring, name);
  const configVersion = findTrainingConfig(request.configVersion);
  if (configVersion === undefined) throw unknownConfig(request.configVersion, TRAINING_CONFIGS);
  const running = operations.openTraining(name);
  if (running !== undefined) throw trainingRuns(name, running.id);
  if (!project.models.has(modelLabel) && project.models.size >= MAX_MODELS) {
    throw tooMany(`trained models in project '${name}'`, MAX_MODELS);
  }
  const preview = wire !== "current";
  const trained = await refuseOrFail(problems ?? "failJob", () =>
    trainProject(
      project,
      {
        options,
        validationShare: preview ? VALIDATION_SHARE : 0,
        tooFew: preview ? "withoutEvaluation" : "refuse",
        seed: `${seed} ${name}`,
      },
      storage,
    ),
  );
  const work = { kind: "train", modelLabel, configVersion } as const;
  if ("failure" in trained) return operations.start(wire, name, work, { ...plan, failure: trained.failure });
  const { value: outcome } = trained;
  const modelId = newModelId(modelLabel, clock.now(), `${seed} ${name}`);
  const model = { label: modelLabel, modelId, trainedAt: 0, trainingSeconds: 0, configVersion, ...outcome };
  const evaluationFailure =
    outcome.evaluation === undefined ? { evaluationFailure: evaluationNotFound(name, modelLabel).body } : {};
  return operations.start(wire, name, { ...work, model, ...evaluationFailure }, plan);
}
