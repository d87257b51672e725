import type { CurrentAuthoring, PreviewAuthoring, TrainingOptions } from "../../language/authoring/authoring.ts";
import { ProjectFailure } from "../errors.ts";
import { createAgain } from "../preview-project.ts";
import type { PhaseOutcome, ProjectSession } from "../project-session.ts";
import { type JobSpec, runJob } from "../service-job.ts";

/** The service's newest training configuration. */
const CURRENT_CONFIGURATION = "latest";

/** Trains a model, once for each time it is asked for. */
export async function train(session: ProjectSession): Promise<PhaseOutcome> {
  const { run, state, client, definition, project } = session;
  const isRenewal = run.command.action === "renew";
  // The model that serves stays as it is, to be compared with: a renewal never trains over it.
  const ownLabel = isRenewal ? undefined : definition.training.modelLabel;
  const modelLabel = run.modelLabel ?? run.command.modelLabel ?? ownLabel ?? labelFor(run.startedAt);
  run.modelLabel = modelLabel;
  const { evaluationOptions } = definition.training;
  const trainingConfigVersion = isRenewal ? CURRENT_CONFIGURATION : definition.training.trainingConfigVersion;
  const options: TrainingOptions = { modelLabel, trainingConfigVersion, evaluationOptions };
  const outcome =
    client.wire === "current"
      ? await runJob(session, currentSpec(client, project, options))
      : await runJob(session, previewSpec(client, project, options)).catch((error: unknown) =>
          createAgain(session, client, error),
        );
  if (outcome.kind !== "done") return outcome;
  delete run.percent;
  const model = client.wire === "current" ? await client.model(project, modelLabel) : undefined;
  state.model = { label: modelLabel, modelId: model?.modelId, trainedAt: model?.lastTrainedDateTime ?? session.now() };
  return { kind: "next", phase: "evaluate" };
}

/** `m20260723101500`: letters and digits only, for the preview's sake. */
function labelFor(startedAt: string): string {
  return `m${startedAt.replaceAll(/\D/g, "").slice(0, 14)}`;
}

/** Trainings can be listed: one of this model that was not there before is the one that was asked for. */
function currentSpec(client: CurrentAuthoring, project: string, options: TrainingOptions): JobSpec {
  const { modelLabel } = options;
  const ofModel = async () =>
    (await client.trainings(project)).filter((training) => training.modelLabel === modelLabel);
  return {
    name: `train ${modelLabel}`,
    action: "train",
    before: async () => (await ofModel()).map(({ jobId }) => jobId),
    async find({ before, askedAt }) {
      const [training] = (await ofModel())
        .filter(({ jobId }) => !before.includes(jobId))
        .sort((a, b) => (b.createdDateTime ?? "").localeCompare(a.createdDateTime ?? ""));
      if (training !== undefined) return client.trainingJob(project, training.jobId);
      const model = await client.model(project, modelLabel);
      return model !== undefined && Date.parse(model.lastTrainedDateTime) >= Date.parse(askedAt) ? "done" : undefined;
    },
    start: () => client.train(project, options),
  };
}

/** The preview lists nothing, but shows a model's evaluation once it is trained, and never trains a name twice. */
function previewSpec(client: PreviewAuthoring, project: string, options: TrainingOptions): JobSpec {
  const { modelLabel } = options;
  return {
    name: `train ${modelLabel}`,
    action: "train",
    async before() {
      if ((await client.evaluation(project, modelLabel)) === undefined) return [];
      throw new ProjectFailure({
        code: "ModelExists",
        message: `The project "${project}" has a model "${modelLabel}", and the preview trains no name twice`,
        hint: "Choose another training.modelLabel, or leave it out for a new one each time.",
      });
    },
    find: async () => ((await client.evaluation(project, modelLabel)) === undefined ? undefined : "done"),
    start: () => client.train(project, options),
  };
}
