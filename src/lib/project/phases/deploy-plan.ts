import type { Deployment, TrainedModel } from "../../language/authoring/authoring.ts";

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
