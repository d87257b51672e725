import { z } from "zod";
import type { ClassScores, Evaluation } from "./authoring.ts";

/** .NET writes a score that cannot be computed as the text "NaN". */
const score = z.number().optional().catch(undefined);

const classSchema = z.looseObject({ f1: score, precision: score, recall: score });

const scoresSchema = z.looseObject({
  classes: z.record(z.string(), classSchema).nullish(),
  entities: z.record(z.string(), classSchema).nullish(),
  macroF1: score,
  macroPrecision: score,
  macroRecall: score,
  microF1: score,
  microPrecision: score,
  microRecall: score,
});

/**
 * The evaluation of a model, on either wire: one object whose name ends in `Evaluation` holds the scores
 * (`customSingleLabelClassificationEvaluation` and its like since 2022-05-01; `multiClassificationEvaluation` beside a
 * null `singleClassificationEvaluation` in v1.0-preview.2).
 */
export const evaluationSchema = z
  .record(z.string(), z.unknown())
  .transform((answer) => Object.entries(answer).find(([name, value]) => name.endsWith("Evaluation") && value)?.[1])
  .pipe(scoresSchema)
  .transform(({ classes, entities, ...scores }): Evaluation => {
    const each = Object.entries(classes ?? entities ?? {}).map(([name, { f1, precision, recall }]) => {
      return [name, { f1, precision, recall }] satisfies [string, ClassScores];
    });
    const { macroF1, macroPrecision, macroRecall, microF1, microPrecision, microRecall } = scores;
    return {
      macroF1,
      macroPrecision,
      macroRecall,
      microF1,
      microPrecision,
      microRecall,
      classes: Object.fromEntries(each),
    };
  });
