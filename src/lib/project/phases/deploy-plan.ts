import type { Deployment, TrainedModel } from "../../language/authoring/authoring.ts";

/** What is wanted of a project's deployments. */
export interface DeployWish {
  name: string;
  strategy: "swap" | "replace";
  /** Where a new model waits before it is exchanged with the serving one. */
  stagingName: string;
}

/** The next thing to do to a project's deployments. */
export type DeployMove =
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
export function nextDeployMove(
  deployments: readonly Deployment[],
  model: TrainedModel,
  wish: DeployWish,
  ours: string | undefined,
): DeployMove {
  const named = (name: string) => deployments.find(({ deploymentName }) => deploymentName === name);
  const serving = named(wish.name);
  if (serving !== undefined && serves(serving, model)) {
    const leftover = ours !== undefined && ours !== wish.name && named(ours) !== undefined;
    return leftover ? { kind: "remove", staging: ours } : { kind: "done" };
  }
  if (serving === undefined || wish.strategy === "replace") return { kind: "deploy", deployment: wish.name };
  const staged = named(wish.stagingName);
  if (staged === undefined) return { kind: "deploy", deployment: wish.stagingName };
  if (ours !== wish.stagingName) return { kind: "taken", staging: wish.stagingName };
  if (serves(staged, model)) return { kind: "swap", staging: wish.stagingName };
  return { kind: "deploy", deployment: wish.stagingName };
}

/** A model keeps its id when it is trained anew under its name: the time of the training tells them apart. */
export function serves(deployment: Deployment, model: TrainedModel): boolean {
  if (deployment.modelId !== model.modelId) return false;
  const [deployed, trained] = [deployment.lastTrainedDateTime, model.lastTrainedDateTime].map((text) =>
    Date.parse(text),
  );
  return Number.isNaN(deployed) || Number.isNaN(trained) || deployed === trained;
}
