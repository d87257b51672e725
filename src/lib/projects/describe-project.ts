import type { CurrentAuthoring, Deployment, TrainedModel } from "../language/authoring/authoring.ts";
import { LanguageError } from "../language/language-error.ts";
import { readFacts } from "../storage/blobs.ts";
import { isAskedFor } from "./ask-project.ts";
import type { AuthorContext } from "./author-context.ts";
import { completeDefinition } from "./definition.ts";
import { serves } from "./deploy-move.ts";
import { projectFiles } from "./project-name.ts";
import { type ProjectStatus, projectStatus } from "./project-status.ts";
import { readRequest } from "./request.ts";
import { type ProjectState, readState, type Scores } from "./state.ts";

/** What the service has of a project, asked for just now. */
export type ServiceView =
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

/** A project's status, and while nothing runs what the service has of it; undefined for a project nobody spoke of. */
export async function describeProject(
  context: AuthorContext,
): Promise<(ProjectStatus & { service?: ServiceView }) | undefined> {
  const { containers, project } = context;
  const [{ request }, { state }, definition] = await Promise.all([
    readRequest(containers.work, project),
    readState(containers.work, project),
    readFacts(containers.projects, projectFiles.definition(project)),
  ]);
  if (request === undefined && state.run === undefined && definition === undefined) return undefined;
  const isUnasked = definition !== undefined && !isAskedFor(request, state, definition.etag);
  const status = projectStatus(project, state, {
    request,
    fileAt: isUnasked ? definition.lastModified : undefined,
    now: new Date(context.now()).toISOString(),
  });
  const asked = state.run?.definition;
  // Who watches a training asks often, and the service takes few requests: then it is not asked on top.
  if (status.running || asked === undefined || state.run?.outcome === "deleted") return status;
  const client = context.client(completeDefinition(asked));
  if (client.wire === "preview") return status;
  return { ...status, service: await viewOf(client, project, state) };
}

async function viewOf(client: CurrentAuthoring, project: string, state: ProjectState): Promise<ServiceView> {
  try {
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
