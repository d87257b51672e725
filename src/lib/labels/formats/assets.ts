import { z } from "zod";
import { marksEntities, type ProjectKind } from "../../language/authoring/authoring.ts";
import {
  type Category,
  count,
  type JsonPath,
  type LabelledDocument,
  type Labels,
  type LabelsProblems,
  list,
  name,
  readEach,
  readRegion,
} from "../labels.ts";

const CATEGORY_EXPECTED = 'an object with "category", the name of a class or entity';
const DOCUMENT_EXPECTED = 'an object with "location", the name of the text in the container';
const SPAN_EXPECTED = "an object with category, offset and length";

const assetsSchema = z.looseObject({
  classes: list("classes").optional(),
  entities: list("entities").optional(),
  documents: list("labelled documents"),
});
const categorySchema = z.looseObject({ category: name }, { error: CATEGORY_EXPECTED });
const documentSchema = z.looseObject(
  {
    location: name,
    language: z.string({ error: "the code of a language" }).optional(),
    dataset: z.string({ error: '"Train" or "Test"' }).optional(),
    class: z.unknown().optional(),
    classes: list("classes").optional(),
    entities: list("regions").optional(),
  },
  { error: DOCUMENT_EXPECTED },
);
const spanSchema = z.looseObject({ category: name, offset: count, length: count }, { error: SPAN_EXPECTED });

/**
 * Reads labels in the format that the service imports and exports since 2022-05-01
 * (https://learn.microsoft.com/azure/ai-services/language-service/custom-text-classification/concepts/data-formats, and
 * the same page of custom named entity recognition and of custom Text Analytics for health). What is in order is read,
 * what is not becomes a problem, so that one wrong document hides nothing about the others.
 */
export function readAssets(
  raw: unknown,
  kind: ProjectKind,
  at: JsonPath,
  problems: LabelsProblems,
): Labels | undefined {
  const assets = problems.parse(assetsSchema, raw, { at });
  if (assets === undefined) return undefined;
  const field = marksEntities(kind) ? "entities" : "classes";
  const categories = assets[field];
  if (categories === undefined) {
    problems.error({ code: "WrongForm", at, found: `no "${field}"`, expected: `"${field}", which a ${kind} needs` });
  }
  return {
    kind,
    categories: readEach(categories ?? [], [...at, field], (item, place) => readCategory(item, place, problems)),
    documents: readEach(assets.documents, [...at, "documents"], (item, place) =>
      readDocument(item, kind, place, problems),
    ),
  };
}

function readCategory(raw: unknown, at: JsonPath, problems: LabelsProblems): Category | undefined {
  const parsed = problems.parse(categorySchema, raw, { at });
  if (parsed === undefined) return undefined;
  const { category, ...more } = parsed;
  return { at: [...at, "category"], name: category, more };
}

function readDocument(
  raw: unknown,
  kind: ProjectKind,
  at: JsonPath,
  problems: LabelsProblems,
): LabelledDocument | undefined {
  const parsed = problems.parse(documentSchema, raw, { at });
  if (parsed === undefined) return undefined;
  const { location, language, dataset, class: single, classes = [], entities = [], ...more } = parsed;
  const about = { document: location };
  const isSingle = kind === "CustomSingleLabelClassification";
  const wrong = isSingle ? "classes" : "class";
  if (!marksEntities(kind) && parsed[wrong] !== undefined) {
    const expected = isSingle ? '"class", one object' : '"classes", a list';
    problems.error({ code: "WrongForm", at: [...at, wrong], ...about, found: `"${wrong}" in a ${kind}`, expected });
  }
  const used = isSingle ? (single === undefined ? [] : [{ raw: single, at: [...at, "class"] }]) : numbered(classes, at);
  return {
    at,
    location,
    language,
    dataset,
    classes: marksEntities(kind)
      ? []
      : used.flatMap((use) => {
          const category = problems.parse(categorySchema, use.raw, { at: use.at, ...about });
          return category === undefined ? [] : [{ at: [...use.at, "category"], category: category.category }];
        }),
    regions: marksEntities(kind)
      ? readEach(entities, [...at, "entities"], (item, place) =>
          readRegion(item, { at: place, ...about }, problems, (label, labelAt) => {
            const span = problems.parse(spanSchema, label, { at: labelAt, ...about });
            return span && { at: labelAt, category: span.category, offset: span.offset, length: span.length };
          }),
        )
      : [],
    more,
  };
}

function numbered(classes: readonly unknown[], at: JsonPath): { raw: unknown; at: JsonPath }[] {
  return classes.map((raw, index) => ({ raw, at: [...at, "classes", index] }));
}

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
