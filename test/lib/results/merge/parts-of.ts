import type { Task, TaskKind } from "../../../../src/lib/language/analysis.ts";
import { mergeAnswers } from "../../../../src/lib/results/merge/merge-answers.ts";
import type { AnswerPart, Fields } from "../../../../src/lib/results/merge/parts.ts";

/** A chunk of a document and what the task said about it; spans are in the whole document. */
export interface PartOf {
  from: number;
  to: number;
  content: Fields;
}

/** Merges answers about chunks of a text. */
export function merge(
  kind: TaskKind,
  text: string,
  chunks: readonly PartOf[],
  parameters: Task["parameters"] = {},
): Record<string, unknown> {
  const parts = chunks.map(({ from, to, content }): AnswerPart => {
    return {
      offset: from,
      length: to - from,
      text: text.slice(from, to),
      content,
      warnings: [],
      statistics: undefined,
    };
  });
  return mergeAnswers(parts, { kind, name: "task", parameters });
}

/** An entity at the first place of its text after `from`. */
export function entity(whole: string, text: string, category: string, fields: Fields = {}, from = 0) {
  return { text, category, offset: whole.indexOf(text, from), length: text.length, confidenceScore: 0.9, ...fields };
}
