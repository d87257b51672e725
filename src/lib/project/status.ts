import type { ContainerClient } from "@azure/storage-blob";
import type { Deployment, TrainedModel } from "../language/authoring/authoring.ts";
import { LanguageError } from "../language/errors/language-error.ts";
import { readFacts, writeText } from "../storage/blobs.ts";
import { type QueuedCommand, queuedCommand } from "./commands.ts";
import { completeDefinition } from "./definition/definition.ts";
import { isAskedFor } from "./enqueue-command.ts";
import { projectFiles } from "./names.ts";
import { serves } from "./phases/deploy.ts";
import type { ProjectContext } from "./project-session.ts";
import { type Phase, type ProjectError, type ProjectState, projectState, type Run, type Scores } from "./state.ts";

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
  /** A newer command that waits until this one is over, and the project file that is carried out after that. */
  waiting?: PendingCommand & { next?: PendingCommand };
  startedAt?: string;
  finishedAt?: string;
  updatedAt: string;
}

interface DeploymentStatus {
  name: string;
  /** Label of the model. */
  model: string;
  modelId?: string | undefined;
  /** ISO 8601. */
  since: string;
}

/** What somebody wants. `at`: ISO 8601. */
interface PendingCommand {
  action: string;
  at: string;
}

/**
 * @param fileAt when the project file was written, if nobody asked for this version of it yet
 * @param now ISO 8601
 */
export function projectStatus(
  project: string,
  state: ProjectState,
  { command, fileAt, now }: { command?: QueuedCommand | undefined; fileAt?: string | undefined; now: string },
): ProjectStatus {
  const { run, model } = state;
  const deployments = Object.entries(state.serving).map(([name, serving]) => ({ name, ...serving }));
  const wanted = run?.command.deploymentName ?? run?.definition?.deployment?.name;
  const deployment = deployments.find(({ name }) => name === wanted) ?? deployments[0];
  const scores = model === undefined ? undefined : state.scores[model.label];
  const always = {
    ...(model === undefined ? {} : { model }),
    ...(scores === undefined ? {} : { scores }),
    ...(deployment === undefined ? {} : { deployment, deployments }),
  };
  const about = { schemaVersion: "1.0" as const, project, updatedAt: now };
  const isNewer = command !== undefined && command.id !== run?.command.id;
  const asked: PendingCommand[] = isNewer ? [{ action: command.action, at: command.at }] : [];
  const pending: PendingCommand[] = fileAt === undefined ? asked : [...asked, { action: "apply", at: fileAt }];
  const isEnded = run?.phase === "ended";
  if (run === undefined || (isEnded && pending.length > 0)) {
    const [next, ...later] = pending;
    const isAsked = next !== undefined;
    return { ...about, state: isAsked ? "preparing" : "idle", running: isAsked, ...always, ...waitingOf(later) };
  }
  const step = run.phase === "ended" ? undefined : WORDS[run.phase];
  const { job, hold } = run;
  const error = run.error ?? hold?.reason;
  return {
    ...about,
    state: isEnded ? (run.outcome ?? "failed") : (hold?.state ?? step ?? "preparing"),
    running: !isEnded,
    ...(step === undefined ? {} : { step }),
    action: run.command.action,
    ...(run.percent === undefined || isEnded ? {} : { percent: run.percent }),
    ...(job?.jobId === undefined || isEnded ? {} : { job: { name: job.name, jobId: job.jobId } }),
    ...always,
    ...(run.labels === undefined
      ? {}
      : { labels: { source: run.labels.source, documents: run.labels.documents, warnings: run.labels.warnings } }),
    ...(error === undefined ? {} : { error }),
    ...waitingOf(pending),
    startedAt: run.startedAt,
    ...(run.finishedAt === undefined ? {} : { finishedAt: run.finishedAt }),
  };
}

function waitingOf([first, second]: readonly PendingCommand[]): Pick<ProjectStatus, "waiting"> {
  if (first === undefined) return {};
  return { waiting: second === undefined ? first : { ...first, next: second } };
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

/** What the service has of a project, asked for just now. */
type ServiceView =
  | {
      models: { label: string; modelId: string; trainedAt: string; expiresOn?: string | undefined; scores?: Scores }[];
      deployments: {
        name: string;
        model?: string;
        modelId: string;
        deployedAt: string;
        expiresOn?: string | undefined;
      }[];
    }
  | { error: { code: string; message: string; hint: string } };

/** A project's status, and while nothing runs what the service has of it. */
export type ProjectDescription = ProjectStatus & { service?: ServiceView };

/** Undefined for a project nobody spoke of. */
export async function describeProject(context: ProjectContext): Promise<ProjectDescription | undefined> {
  const { containers, project } = context;
  const [{ value: command }, { value: state }, definition] = await Promise.all([
    queuedCommand(containers.work, project).read(),
    projectState(containers.work, project).read(),
    readFacts(containers.projects, projectFiles.definition(project)),
  ]);
  if (command === undefined && state.run === undefined && definition === undefined) return undefined;
  const isUnasked = definition !== undefined && !isAskedFor(command, state, definition.etag);
  const status = projectStatus(project, state, {
    command,
    fileAt: isUnasked ? definition.lastModified : undefined,
    now: new Date(context.now()).toISOString(),
  });
  const asked = state.run?.definition;
  // Who watches a training asks often, and the service takes few requests: then it is not asked on top.
  if (status.running || asked === undefined || state.run?.outcome === "deleted") return status;
  const service = await viewOf(context, asked, state);
  return service === undefined ? status : { ...status, service };
}

/** Undefined on the wire that can list nothing. */
async function viewOf(
  { client: clientOf, project }: ProjectContext,
  asked: NonNullable<Run["definition"]>,
  state: ProjectState,
): Promise<ServiceView | undefined> {
  try {
    const client = clientOf(completeDefinition(asked));
    if (client.wire === "preview") return undefined;
    const [models, deployments] = await Promise.all([client.models(project), client.deployments(project)]);
    return {
      models: models.map((model) => describeModel(model, state.scores[model.label])),
      deployments: deployments.map((deployment) => describeDeployment(deployment, models)),
    };
  } catch (error) {
    if (!(error instanceof LanguageError)) throw error;
    const { code, message, hint } = error;
    return { error: { code, message, hint } };
  }
}

function describeModel({ label, modelId, lastTrainedDateTime, modelExpirationDate }: TrainedModel, scores?: Scores) {
  const facts = { label, modelId, trainedAt: lastTrainedDateTime, expiresOn: modelExpirationDate };
  return scores === undefined ? facts : { ...facts, scores };
}

function describeDeployment(deployment: Deployment, models: readonly TrainedModel[]) {
  const model = models.find((each) => serves(deployment, each))?.label;
  const { deploymentName: name, modelId, lastDeployedDateTime: deployedAt, deploymentExpirationDate } = deployment;
  const facts = { name, modelId, deployedAt, expiresOn: deploymentExpirationDate };
  return model === undefined ? facts : { ...facts, model };
}
