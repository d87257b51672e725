import { checkLabelsFile } from "../../../src/lib/labels/check-labels.ts";
import type { TrainingTexts } from "../../../src/lib/labels/check-texts.ts";
import type { LabelRules } from "../../../src/lib/labels/limits.ts";
import type { ProjectKind } from "../../../src/lib/language/authoring/authoring.ts";

export const rules = (kind: ProjectKind, more: Partial<LabelRules> = {}): LabelRules => ({
  kind,
  wire: "current",
  language: "en",
  multilingual: false,
  split: "percentage",
  atRoot: true,
  ...more,
});

/** Training texts held in memory; a value that is no text is taken as bytes. */
export function textsOf(texts: Record<string, string | Uint8Array>): TrainingTexts {
  return {
    name: 'container "training"',
    async *list() {
      yield* Object.keys(texts);
    },
    async read(location) {
      const text = texts[location];
      return typeof text === "string" ? new TextEncoder().encode(text) : text;
    },
  };
}

/** A labels file of a single-label project in order: twelve documents, two classes. */
export function goodFile(): {
  assets: { projectKind: string; classes: unknown[]; documents: Record<string, unknown>[] };
} {
  return {
    assets: {
      projectKind: "CustomSingleLabelClassification",
      classes: [{ category: "a" }, { category: "b" }],
      documents: Array.from({ length: 12 }, (_, n) => ({
        location: `${n}.txt`,
        language: "en-us",
        class: { category: n % 2 === 0 ? "a" : "b" },
      })),
    },
  };
}

/** A labels file of an entity project in order: ten documents whose text is "Call Ada now 😀". */
export function goodEntities(): {
  assets: { projectKind: string; entities: unknown[]; documents: { location: string; entities: EntityRegion[] }[] };
} {
  return {
    assets: {
      projectKind: "customEntityRecognition",
      entities: [{ category: "Person" }],
      documents: Array.from({ length: 10 }, (_, n) => ({
        location: `${n}.txt`,
        entities: [{ regionOffset: 0, regionLength: 15, labels: [{ category: "Person", offset: 5, length: 3 }] }],
      })),
    },
  };
}

interface EntityRegion {
  regionOffset: number;
  regionLength: number;
  labels: { category: string; offset: number; length: number }[];
}

export const ENTITY_TEXT = "Call Ada now 😀";

/** What is wrong with labels, without the words. */
export async function problemsOf(value: unknown, with_: LabelRules, texts?: Record<string, string | Uint8Array>) {
  const report = await checkLabelsFile({ file: "labels.json", value }, with_, texts && textsOf(texts));
  return report.problems.map(({ severity, code, path, document }) => ({ severity, code, path, document }));
}

/** One text for all documents. */
export const textsFor = (text: string | Uint8Array, count = 12) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`${n}.txt`, text]));
