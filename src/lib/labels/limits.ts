import type { ProjectKind } from "../language/authoring/authoring.ts";

/** What labels must be like for one project. */
export interface LabelRules {
  kind: ProjectKind;
  /** `preview`: authoring v1.0-preview.2. */
  wire: "current" | "preview";
  /** Of the project. */
  language: string;
  multilingual: boolean;
  /** `manual`: the documents say themselves whether they are for training or for the test. */
  split: "percentage" | "manual";
  /** True where the service is not known to read texts in folders. */
  atRoot: boolean;
}

export interface LabelLimits {
  documents: { min: number; max: number };
  categories: { min: number; max: number };
  /** Length of a text, in text elements: an emoji of two UTF-16 code units counts once. */
  characters: { min: number; max: number };
  /** Length of a labelled entity, in characters. */
  entityCharacters: { min: number; max: number };
  /** Labelled documents (or entities) of each category below which a warning is due. */
  labelsPerCategory: number;
}

/**
 * Data limits of the custom features, the same for all kinds:
 * https://learn.microsoft.com/azure/ai-services/language-service/custom-text-classification/service-limits#data-limits and
 * the same page of custom named entity recognition. They name no least number of labels; one is certainly too few.
 */
const CURRENT: LabelLimits = {
  documents: { min: 10, max: 100_000 },
  categories: { min: 1, max: 200 },
  characters: { min: 1, max: 128_000 },
  entityCharacters: { min: 1, max: 500 },
  labelsPerCategory: 2,
};

/**
 * Limits of July 2021: `concepts/data-limits.md` of custom classification
 * (https://github.com/MicrosoftDocs/azure-docs/blob/38764967f61a5fbb76062dd41568a8178e006882/articles/cognitive-services/language/custom-classification/concepts/data-limits.md).
 * Ten tagged instances of each class are asked for there; later pages dropped it, so that fewer are only a warning.
 */
const PREVIEW: LabelLimits = {
  documents: { min: 10, max: 1_000_000 },
  categories: { min: 2, max: 200 },
  characters: { min: 1, max: 17_500 },
  entityCharacters: CURRENT.entityCharacters,
  labelsPerCategory: 10,
};

export function labelLimits({ wire, kind }: Pick<LabelRules, "wire" | "kind">): LabelLimits {
  if (wire === "current") return CURRENT;
  const isEntities = kind === "CustomEntityRecognition";
  return isEntities ? { ...PREVIEW, categories: { ...PREVIEW.categories, min: 1 } } : PREVIEW;
}
