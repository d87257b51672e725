import type { Evaluation } from "../language/authoring/authoring.ts";
import { shown } from "../settings/settings-error.ts";
import type { RawDefinition } from "./definition-schema.ts";

/** The scores that a model misses, each in words; none when it is good enough. */
export function missedThresholds(evaluation: Evaluation, thresholds: RawDefinition["thresholds"]): string[] {
  const { macroF1, microF1, classes = {} } = thresholds ?? {};
  const scores = Object.entries(classes).map(([name, least]) => {
    const what = `F1 of ${shown(name)}`;
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
