import type { ContainerClient } from "@azure/storage-blob";
import { writeText } from "../storage/blobs.ts";
import { projectFiles } from "./project-name.ts";
import type { ProjectRequest } from "./request.ts";
import type { Phase, ProjectError, ProjectState, Scores } from "./state.ts";

const WORDS: Readonly<Record<Exclude<Phase, "ended">, string>> = {
  prepare: "preparing",
  create: "creating",
  train: "training",
  evaluate: "evaluating",
  deploy: "deploying",
  delete: "deleting",
};

/** What an operator sees of a project: the file `status.json`, and the answer of `GET /api/projects/{name}`. */
export interface ProjectStatus {
  schemaVersion: "1.0";
  project: string;
  /**
   * `preparing`, `creating`, `training`, `evaluating`, `deploying`, `deleting`; `blocked`, `throttled`, `retrying`, with
   * `error` and the interrupted `step`; at last `succeeded`, `belowThreshold`, `failed` or `deleted`; `idle` before
   * anything was asked.
   */
  state: string;
  /** True while something is being done. */
  running: boolean;
  step?: string;
  action?: string;
  /** Of the running training, 0 to 100. */
  percent?: number;
  /** The job of the service that is waited for. */
  job?: { name: string; jobId: string };
  /** The last trained model. */
  model?: { label: string; modelId?: string | undefined; trainedAt?: string | undefined };
  scores?: Scores;
  /** What answers predictions under the wanted name, as far as it was deployed from here; a failure leaves it alone. */
  deployment?: DeploymentStatus;
  /** All deployments that were made from here. */
  deployments?: DeploymentStatus[];
  labels?: { source: string; documents: number; warnings: readonly unknown[] };
  error?: ProjectError;
  /** A newer request that waits until this one is over. */
  waiting?: { action: string; at: string };
  startedAt?: string;
  finishedAt?: string;
  updatedAt: string;
}

export interface DeploymentStatus {
  name: string;
  /** Label of the model. */
  model: string;
  modelId?: string | undefined;
  /** ISO 8601. */
  since: string;
}

/** @param now ISO 8601 */
export function projectStatus(
  project: string,
  state: ProjectState,
  { request, now }: { request?: ProjectRequest | undefined; now: string },
): ProjectStatus {
  const { run, model } = state;
  const deployments = Object.entries(state.serving).map(([name, serving]) => ({ name, ...serving }));
  const wanted = run?.request.deploymentName ?? run?.definition?.deployment?.name;
  const deployment = deployments.find(({ name }) => name === wanted) ?? deployments[0];
  const scores = model === undefined ? undefined : state.scores[model.label];
  const always = {
    ...(model === undefined ? {} : { model }),
    ...(scores === undefined ? {} : { scores }),
    ...(deployment === undefined ? {} : { deployment, deployments }),
  };
  const about = { schemaVersion: "1.0" as const, project, updatedAt: now };
  const isNewer = request !== undefined && request.id !== run?.request.id;
  const isEnded = run?.phase === "ended";
  if (run === undefined || (isEnded && isNewer)) {
    return { ...about, state: isNewer ? "preparing" : "idle", running: isNewer, ...always };
  }
  const step = run.phase === "ended" ? undefined : WORDS[run.phase];
  const { job, held } = run;
  const error = run.error ?? held?.reason;
  return {
    ...about,
    state: isEnded ? (run.outcome ?? "failed") : (held?.kind ?? step ?? "preparing"),
    running: !isEnded,
    ...(step === undefined ? {} : { step }),
    action: run.request.action,
    ...(run.percent === undefined || isEnded ? {} : { percent: run.percent }),
    ...(job?.jobId === undefined || isEnded ? {} : { job: { name: job.name, jobId: job.jobId } }),
    ...always,
    ...(run.labels === undefined
      ? {}
      : { labels: { source: run.labels.source, documents: run.labels.documents, warnings: run.labels.warnings } }),
    ...(error === undefined ? {} : { error }),
    ...(isNewer ? { waiting: { action: request.action, at: request.at } } : {}),
    startedAt: run.startedAt,
    ...(run.finishedAt === undefined ? {} : { finishedAt: run.finishedAt }),
  };
}

/** Writes the status beside the project file. Only the project's orchestration does, so that it never goes backwards. */
export async function writeStatus(projects: ContainerClient, status: ProjectStatus): Promise<void> {
  await writeText(projects, projectFiles.status(status.project), `${JSON.stringify(status, null, 2)}\n`);
}

/** A status that fits into an orchestration's custom status, which takes 16 KB. */
export function briefStatus(status: ProjectStatus): object {
  const { project, state, step, percent, model, deployment, error, updatedAt } = status;
  const brief = error && { code: error.code, message: error.message.slice(0, 1000), hint: error.hint };
  return { project, state, step, percent, model: model?.label, deployment: deployment?.name, error: brief, updatedAt };
}
