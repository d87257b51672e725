import type {
  CurrentAuthoring,
  Deployment,
  PreviewAuthoring,
  TrainedModel,
} from "../../language/authoring/authoring.ts";
import type { AuthoringAction } from "../../language/authoring/authoring-hints.ts";
import { missingModel, ProjectFailure } from "../errors.ts";
import { LONGEST_NAME, LONGEST_SWAPPED_NAME, stagingName } from "../names.ts";
import type { PhaseOutcome, ProjectSession } from "../project-session.ts";
import { type JobSpec, runJob, watchJob } from "../service-job.ts";

/**
 * A swap or deployment is not asked for again within this time, even if the list of deployments does not show it yet:
 * a second swap would undo the first.
 */
const SETTLE_SECONDS = 300;

/** Deploys the model in hand under the wanted name, without a moment in which nothing answers. */
export async function deploy(session: ProjectSession): Promise<PhaseOutcome> {
  const { client } = session;
  return client.wire === "current" ? await deployCurrent(session, client) : await publish(session, client);
}

async function deployCurrent(session: ProjectSession, client: CurrentAuthoring): Promise<PhaseOutcome> {
  const { state, project } = session;
  const watched = await watchJob(session, actionOf(session.run.job?.name));
  if (watched?.kind === "wait") return watched;
  const wanted = wantedDeployment(session);
  if (wanted.strategy === "swap" && wanted.stagingName.length > LONGEST_NAME) throw longName(wanted.name);
  const label = modelInHand(session);
  const model = await client.model(project, label);
  if (model === undefined) throw missingModel(project, label);
  const action = nextDeployAction(await client.deployments(project), model, wanted, state.staging);
  if (action.kind === "taken") throw takenStaging(project, action.staging);
  if (action.kind === "done") {
    delete state.staging;
    const before = state.serving[wanted.name];
    const since = before?.modelId === model.modelId ? before.since : session.now();
    state.serving[wanted.name] = { model: label, modelId: model.modelId, since };
    return { kind: "end", outcome: "succeeded" };
  }
  if (action.kind === "deploy" && action.deployment !== wanted.name) state.staging = action.deployment;
  const outcome = await runJob(session, specOf(client, project, action, { wanted, label }));
  return outcome.kind === "wait" ? outcome : { kind: "wait", seconds: 0 };
}

function specOf(
  client: CurrentAuthoring,
  project: string,
  action: Exclude<DeployAction, { kind: "done" } | { kind: "taken" }>,
  { wanted, label }: { wanted: WantedDeployment; label: string },
): JobSpec {
  const settleSeconds = SETTLE_SECONDS;
  switch (action.kind) {
    case "deploy": {
      const start = () => client.deploy(project, action.deployment, label);
      return { name: `deploy ${action.deployment}`, action: "deploy", start, settleSeconds };
    }
    case "swap": {
      const start = () => client.swap(project, wanted.name, action.staging);
      return { name: "swap", action: "swap", start, settleSeconds };
    }
    case "remove": {
      const start = () => client.deleteDeployment(project, action.staging);
      return { name: `remove ${action.staging}`, action: "deleteDeployment", start, settleSeconds };
    }
  }
}

function actionOf(job = ""): AuthoringAction {
  if (job === "swap") return "swap";
  return job.startsWith("remove ") ? "deleteDeployment" : "deploy";
}

/** The preview publishes under one id for each project, which stands for the model that was published last. */
async function publish(session: ProjectSession, client: PreviewAuthoring): Promise<PhaseOutcome> {
  const { state, project } = session;
  const label = modelInHand(session);
  const start = () => client.publish(project, label);
  const outcome = await runJob(session, { name: `publish ${label}`, action: "deploy", start });
  if (outcome.kind === "wait") return outcome;
  const modelId = session.run.job?.modelId;
  state.model = { ...state.model, label, modelId };
  state.serving = { [wantedDeployment(session).name]: { model: label, modelId, since: session.now() } };
  return { kind: "end", outcome: "succeeded" };
}

/** What is to serve, and how it is brought there. */
export function wantedDeployment({ run, definition }: ProjectSession): WantedDeployment {
  const wanted = definition.deployment;
  const name = run.command.deploymentName ?? wanted?.name ?? "production";
  const ownStaging = name === wanted?.name ? wanted.stagingName : undefined;
  return { name, strategy: wanted?.strategy ?? "swap", stagingName: ownStaging ?? stagingName(name) };
}

function modelInHand({ run }: ProjectSession): string {
  if (run.modelLabel === undefined) throw new Error("No model was chosen before its deployment");
  return run.modelLabel;
}

function longName(name: string): ProjectFailure {
  return new ProjectFailure({
    code: "InvalidName",
    message: `The deployment name "${name}" has ${name.length} characters; a swap takes at most ${LONGEST_SWAPPED_NAME}, because the new model waits under that name and "-staging"`,
    hint: 'Ask for a shorter deploymentName, or set "strategy": "replace" in project.json.',
  });
}

function takenStaging(project: string, staging: string): ProjectFailure {
  return new ProjectFailure({
    code: "DeploymentNameTaken",
    message: `The project "${project}" has a deployment "${staging}" that was not made from here; the new model would overwrite it`,
    hint: 'Choose another deployment.stagingName in project.json, delete that deployment, or set "strategy": "replace".',
  });
}

/** What is wanted of a project's deployments. */
export interface WantedDeployment {
  name: string;
  strategy: "swap" | "replace";
  /** Where a new model waits before it is exchanged with the serving one. */
  stagingName: string;
}

/** The next thing to do to a project's deployments. */
export type DeployAction =
  | { kind: "done" }
  | { kind: "deploy"; deployment: string }
  | { kind: "swap"; staging: string }
  | { kind: "remove"; staging: string }
  /** The name that the new model would wait under belongs to somebody else. */
  | { kind: "taken"; staging: string };

/**
 * Decides by what is there, not by what was done before: so it can be asked again after any crash, and a swap that was
 * done twice by accident is put right. The serving deployment is never without a model.
 * @param ours the staging deployment that this application made, if it has one
 */
export function nextDeployAction(
  deployments: readonly Deployment[],
  model: TrainedModel,
  wanted: WantedDeployment,
  ours: string | undefined,
): DeployAction {
  const named = (name: string) => deployments.find(({ deploymentName }) => deploymentName === name);
  const serving = named(wanted.name);
  if (serving !== undefined && serves(serving, model)) {
    const leftover = ours !== undefined && ours !== wanted.name && named(ours) !== undefined;
    return leftover ? { kind: "remove", staging: ours } : { kind: "done" };
  }
  if (serving === undefined || wanted.strategy === "replace") return { kind: "deploy", deployment: wanted.name };
  const staged = named(wanted.stagingName);
  if (staged === undefined) return { kind: "deploy", deployment: wanted.stagingName };
  if (ours !== wanted.stagingName) return { kind: "taken", staging: wanted.stagingName };
  if (serves(staged, model)) return { kind: "swap", staging: wanted.stagingName };
  return { kind: "deploy", deployment: wanted.stagingName };
}

/** A model keeps its id when it is trained anew under its name: the time of the training tells them apart. */
export function serves(deployment: Deployment, model: TrainedModel): boolean {
  if (deployment.modelId !== model.modelId) return false;
  const [deployed, trained] = [deployment.lastTrainedDateTime, model.lastTrainedDateTime].map((text) =>
    Date.parse(text),
  );
  return Number.isNaN(deployed) || Number.isNaN(trained) || deployed === trained;
}
