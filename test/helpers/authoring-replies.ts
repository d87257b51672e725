/** What the small authoring service of the tests keeps and answers; see `authoring-service.ts`. */

/** A request as it arrived. */
export interface Asked {
  method: string;
  /** Behind `…/projects`, without the query. */
  path: string;
  query: URLSearchParams;
  body: Record<string, unknown>;
}

export interface Refusal {
  status: number;
  code: string;
  message?: string;
  headers?: Record<string, string>;
}

/** A job, over after some looks. */
export interface Job {
  id: string;
  kind: string;
  /** Looks that are left until it is over. */
  looks: number;
  label?: string;
  effect: () => Refusal | undefined;
  failure?: Refusal | undefined;
  over: boolean;
}

export interface Project {
  metadata: Record<string, unknown>;
  assets?: unknown;
  trainings: Job[];
  models: Map<string, { modelId: string; trainedAt: string }>;
  deployments: Map<string, { modelId: string; trainedAt: string }>;
}

/** An answer. */
export interface Reply {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export function errorAnswer({ status, code, message = "refused", headers = {} }: Refusal): Reply {
  return { status, headers, body: { error: { code, message } } };
}

/** Exchanges what two deployments serve. */
export function swap({ deployments }: Project, body: Record<string, unknown>): Refusal | undefined {
  const [first, second] = [String(body.firstDeploymentName), String(body.secondDeploymentName)];
  const [one, other] = [deployments.get(first), deployments.get(second)];
  if (one === undefined || other === undefined) return { status: 400, code: "DeploymentNotFound" };
  deployments.set(first, other).set(second, one);
  return undefined;
}

export function stateOf({ id, kind, over, label, failure }: Job): object {
  const status = over ? (failure === undefined ? "succeeded" : "failed") : "running";
  const errors = failure === undefined || !over ? [] : [{ code: failure.code, message: failure.message ?? "failed" }];
  const result =
    kind === "train"
      ? { result: { modelLabel: label, trainingStatus: { percentComplete: over ? 100 : 42, status } } }
      : {};
  return { jobId: id, status, errors, createdDateTime: new Date().toISOString(), ...result };
}

export function previewStateOf({ id, kind, over, label, failure }: Job): object {
  const status = over ? (failure === undefined ? "succeeded" : "failed") : "inProgress";
  const error = failure === undefined || !over ? null : { code: failure.code, message: failure.message ?? "failed" };
  const task = kind === "train" ? { trainingModelName: label } : { modelId: "guid_MultiClassification_latest" };
  return { jobId: id, status, errors: [], tasks: [{ ...task, status, error }] };
}

export function modelBody(label: string, { modelId, trainedAt }: { modelId: string; trainedAt: string }): object {
  return { label, modelId, lastTrainedDateTime: trainedAt, hasSnapshot: true };
}

export function deploymentBody(
  deploymentName: string,
  { modelId, trainedAt }: { modelId: string; trainedAt: string },
): object {
  return { deploymentName, modelId, lastTrainedDateTime: trainedAt, lastDeployedDateTime: trainedAt };
}
