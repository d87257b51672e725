import { marksEntities } from "../../language/authoring/project-kind.ts";
import type { LabelledDocument, Labels } from "./labels.ts";

/** Labels as the current service imports them: the `assets` of a project file. */
export interface Assets {
  projectKind: string;
  classes?: object[];
  entities?: object[];
  documents: object[];
}

/**
 * Writes labels in the format that the service imports since 2022-05-01.
 * @param language of documents that name none
 */
export function writeAssets({ kind, categories, documents }: Labels, language: string): Assets {
  const named = categories.map(({ name, more }) => ({ category: name, ...more }));
  return {
    projectKind: kind,
    ...(marksEntities(kind) ? { entities: named } : { classes: named }),
    documents: documents.map((document) => ({
      location: document.location,
      language: document.language ?? language,
      ...(document.dataset === undefined ? {} : { dataset: document.dataset }),
      ...labelsOf(document, kind),
      ...document.more,
    })),
  };
}

function labelsOf({ classes, regions }: LabelledDocument, kind: Labels["kind"]): object {
  const categories = classes.map(({ category }) => ({ category }));
  if (kind === "CustomSingleLabelClassification") {
    const [only] = categories;
    return only === undefined ? {} : { class: only };
  }
  if (kind === "CustomMultiLabelClassification") return { classes: categories };
  return {
    entities: regions.map(({ offset, length, labels }) => ({
      regionOffset: offset,
      regionLength: length,
      labels: labels.map((span) => ({ category: span.category, offset: span.offset, length: span.length })),
    })),
  };
}
