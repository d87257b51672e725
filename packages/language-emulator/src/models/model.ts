import type { Span } from "../text.ts";

/** A class and how sure the model is of it: 0 to 1, two decimals as on the wire. */
interface ClassScore {
  category: string;
  confidenceScore: number;
}

/** Answers which classes a text belongs to: one for a single-label project, any number for a multi-label one. */
export interface Classifier {
  readonly type: "classifier";
  classify(text: string): ClassScore[];
}

/** Which part of a health model found an entity. */
interface EntityComponent {
  entityComponentKind: "LearnedComponent" | "ListComponent" | "PrebuiltComponent";
  value?: string;
}

/** An entity that a trained model found. */
export interface TaggedEntity extends Span {
  category: string;
  confidenceScore: number;
  components: readonly EntityComponent[];
}

/** Answers which entities a text holds, in reading order. */
interface EntityTagger {
  readonly type: "tagger";
  tag(text: string): TaggedEntity[];
}

/** Stands for the model of a kind whose projects are not played: the rules of its prebuilt relative answer. */
interface Untrained {
  readonly type: "untrained";
}

/** What training a project gives. */
export type CustomModel = Classifier | EntityTagger | Untrained;

/** Two decimals, as the service prints scores. */
export function rounded(score: number): number {
  return Math.round(score * 100) / 100;
}
