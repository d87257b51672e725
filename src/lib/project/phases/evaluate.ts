import { quote } from "../../common/problems.ts";
import type { CurrentAuthoring, Evaluation } from "../../language/authoring/authoring.ts";
import type { RawDefinition } from "../definition/definition-schema.ts";
import { missingModel, ProjectFailure } from "../errors.ts";
import type { PhaseOutcome, ProjectSession } from "../project-session.ts";
import type { Scores } from "../state.ts";
import { serves, wantedDeployment } from "./deploy.ts";

/** An evaluation may come a little after its training; after so many polls it will not. */
const MOST_POLLS = 8;
/** Scores of so many models are remembered: a project holds no more. */
const MODELS_REMEMBERED = 10;

/** Holds a model's scores against the thresholds. */
export async function evaluate(session: ProjectSession): Promise<PhaseOutcome> {
  const { run, state, definition, project, client } = session;
  const model = await modelOf(session);
  run.modelLabel = model;
  // Thresholds cannot be held against a model that is not there, and that is what is to be said then.
  const isNamed = run.command.action === "deploy" && client.wire === "current";
  if (isNamed && (await client.model(project, model)) === undefined) throw missingModel(project, model);
  const evaluation = await client.evaluation(project, model);
  const needed = definition.thresholds !== undefined && run.command.ignoreThresholds !== true;
  if (evaluation === undefined) {
    run.evaluationPolls++;
    if (run.evaluationPolls < MOST_POLLS && run.command.action !== "deploy") return { kind: "wait" };
    if (needed || run.command.action === "renew") throw noEvaluation(project, model);
  } else {
    rememberScores(state.scores, model, evaluation);
    const missed = [
      ...(needed ? missedThresholds(evaluation, definition.thresholds) : []),
      ...(run.command.action === "renew" ? await lostScores(session, model, evaluation) : []),
    ];
    if (missed.length > 0) return { kind: "end", outcome: "belowThreshold", error: belowThreshold(model, missed) };
  }
  const wantsDeployment =
    run.command.action === "deploy" || run.command.action === "renew" || definition.deployment !== undefined;
  if (run.command.action === "train" || !wantsDeployment) return { kind: "end", outcome: "succeeded" };
  return { kind: "next", phase: "deploy" };
}

/** The model in hand: the one just trained, the one asked for, or the last one. */
async function modelOf({ run, state, client, project }: ProjectSession): Promise<string> {
  const known = run.modelLabel ?? run.command.modelLabel ?? state.model?.label;
  if (known !== undefined) return known;
  const models = client.wire === "current" ? await client.models(project) : [];
  const [last] = models.sort((a, b) => b.lastTrainedDateTime.localeCompare(a.lastTrainedDateTime));
  if (last !== undefined) return last.label;
  throw new ProjectFailure({
    code: "NoModel",
    message: `The project "${project}" has no trained model`,
    hint: "Train one first: POST /api/projects/{name}/train.",
  });
}

function rememberScores(scores: Record<string, Scores>, model: string, evaluation: Evaluation): void {
  delete scores[model];
  scores[model] = { ...evaluation, classes: { ...evaluation.classes } };
  const [oldest] = Object.keys(scores);
  if (Object.keys(scores).length > MODELS_REMEMBERED && oldest !== undefined) delete scores[oldest];
}

function belowThreshold(model: string, missed: readonly string[]) {
  return {
    code: "BelowThreshold",
    message: `The model "${model}" is not good enough to be deployed: ${missed.join("; ")}`,
    hint: "What serves is left alone. Label more texts (above all of the weak classes) and ask again, lower thresholds in project.json, or deploy it all the same with ignoreThresholds.",
  };
}

function noEvaluation(project: string, model: string): ProjectFailure {
  return new ProjectFailure({
    code: "NoEvaluation",
    message: `The service shows no evaluation of the model "${model}" of project "${project}", so its thresholds cannot be held against it`,
    hint: "Check that enough texts are kept back for the test; without thresholds a model is deployed unseen.",
  });
}

/** The scores that a model misses, each in words; none when it is good enough. */
export function missedThresholds(evaluation: Evaluation, thresholds: RawDefinition["thresholds"]): string[] {
  const { macroF1, microF1, classes = {} } = thresholds ?? {};
  const scores = Object.entries(classes).map(([name, least]) => {
    const what = `F1 of ${quote(name)}`;
    return { what, least, score: Object.hasOwn(evaluation.classes, name) ? evaluation.classes[name]?.f1 : undefined };
  });
  return [
    { what: "macro F1", least: macroF1, score: evaluation.macroF1 },
    { what: "micro F1", least: microF1, score: evaluation.microF1 },
    ...scores,
  ].flatMap(({ what, least, score }) => {
    if (least === undefined || (score !== undefined && score >= least)) return [];
    return [score === undefined ? `${what} is unknown, wanted ${least}` : `${what} is ${score}, wanted ${least}`];
  });
}

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
async function lostScores(session: ProjectSession, model: string, renewed: Evaluation): Promise<string[]> {
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
