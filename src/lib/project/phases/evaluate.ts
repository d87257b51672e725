import { quote } from "../../common/problems.ts";
import type { Evaluation } from "../../language/authoring/authoring.ts";
import type { RawDefinition } from "../definition/definition-schema.ts";
import { missingModel, ProjectFailure } from "../errors.ts";
import type { PhaseOutcome, ProjectSession } from "../project-session.ts";
import type { Scores } from "../state.ts";
import { lostScores } from "./compare-scores.ts";

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
