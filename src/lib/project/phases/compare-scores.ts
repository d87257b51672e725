import type { CurrentAuthoring, Evaluation } from "../../language/authoring/authoring.ts";
import type { ProjectSession } from "../project-session.ts";
import { wantedDeployment } from "./deploy.ts";
import { serves } from "./deploy-plan.ts";

/**
 * How far a score may fall below that of the model that serves: two trainings on the same labels keep back other texts for
 * their test, and differ by as much.
 */
const TOLERANCE = 0.03;

/**
 * What a renewed model is worse at than the one that serves, in words; none when it holds its scores. A project of which
 * nothing serves has nothing to lose.
 * @param model label of the renewed model
 */
export async function lostScores(session: ProjectSession, model: string, renewed: Evaluation): Promise<string[]> {
  const serving = await servingModel(session);
  if (serving === undefined || serving === model) return [];
  const { client, project, state } = session;
  const before = (await client.evaluation(project, serving)) ?? state.scores[serving];
  if (before === undefined) return [`nothing tells the scores of "${serving}", which serves, to compare them with`];
  return [
    { what: "macro F1", is: renewed.macroF1, was: before.macroF1 },
    { what: "micro F1", is: renewed.microF1, was: before.microF1 },
  ].flatMap(({ what, is, was }) => {
    if (was === undefined || (is !== undefined && is >= was - TOLERANCE)) return [];
    return [`${what} is ${is ?? "unknown"}, that of "${serving}", which serves, ${was}`];
  });
}

/** The label of the model behind the deployment that is renewed. */
async function servingModel(session: ProjectSession): Promise<string | undefined> {
  const { client, state } = session;
  const { name } = wantedDeployment(session);
  const known = state.serving[name]?.model;
  return client.wire === "current" ? ((await askService(client, session.project, name)) ?? known) : known;
}

async function askService(client: CurrentAuthoring, project: string, name: string): Promise<string | undefined> {
  const deployment = await client.deployment(project, name);
  if (deployment === undefined) return undefined;
  return (await client.models(project)).find((model) => serves(deployment, model))?.label;
}
