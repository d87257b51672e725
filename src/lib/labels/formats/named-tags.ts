import { z } from "zod";
import { marksEntities, type ProjectKind } from "../../language/authoring/authoring.ts";
import {
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

const fileSchema = z.looseObject({
  classifiers: list("classifiers").optional(),
  extractors: list("extractors").optional(),
  documents: list("tagged documents"),
});
const categorySchema = z.looseObject({ name }, { error: 'an object with "name"' });
const documentSchema = z.looseObject(
  {
    location: name,
    language: z.string({ error: "the code of a language" }).optional(),
    classifiers: list("classifiers").optional(),
    extractors: list("regions").optional(),
  },
  { error: 'an object with "location", the name of the text in the container' },
);
const useSchema = z.looseObject({ classifierName: name }, { error: 'an object with "classifierName"' });
const spanSchema = z.looseObject(
  { extractorName: name, offset: count, length: count },
  { error: "an object with extractorName, offset and length" },
);

/**
 * Reads the tags file of the previews from November 2021 on, in which classes are called classifiers and entities
 * extractors: `concepts/data-formats.md` of custom classification
 * (https://github.com/MicrosoftDocs/azure-docs/blob/101833957b556c8d074bd1a65ade77b6edfe0020/articles/cognitive-services/language-service/custom-classification/concepts/data-formats.md)
 * and of custom named entity recognition (commit 015ce189e22eb6cd35e85a11530334a3f42ec573, same folder structure).
 */
export function readNamedTags(raw: unknown, kind: ProjectKind, problems: LabelsProblems): Labels | undefined {
  const file = problems.parse(fileSchema, raw, { at: [] });
  if (file === undefined) return undefined;
  const field = marksEntities(kind) ? "extractors" : "classifiers";
  const categories = file[field];
  if (categories === undefined) {
    problems.missing(field, kind);
    return undefined;
  }
  return {
    kind,
    categories: readEach(categories, [field], (item, at) => {
      const category = problems.parse(categorySchema, item, { at });
      return category && { at: [...at, "name"], name: category.name, more: {} };
    }),
    documents: readEach(file.documents, ["documents"], (item, at) => readDocument(item, kind, at, problems)),
  };
}

function readDocument(
  raw: unknown,
  kind: ProjectKind,
  at: JsonPath,
  problems: LabelsProblems,
): LabelledDocument | undefined {
  const parsed = problems.parse(documentSchema, raw, { at });
  if (parsed === undefined) return undefined;
  const { location: document, language, classifiers = [], extractors = [] } = parsed;
  return {
    at,
    location: document,
    language,
    classes: marksEntities(kind)
      ? []
      : readEach(classifiers, [...at, "classifiers"], (item, place) => {
          const use = problems.parse(useSchema, item, { at: place, document });
          return use && { at: [...place, "classifierName"], category: use.classifierName };
        }),
    regions: marksEntities(kind)
      ? readEach(extractors, [...at, "extractors"], (item, place) =>
          readRegion(item, { at: place, document }, problems, (label, labelAt) => {
            const span = problems.parse(spanSchema, label, { at: labelAt, document });
            return span && { at: labelAt, category: span.extractorName, offset: span.offset, length: span.length };
          }),
        )
      : [],
    more: {},
  };
}

/**
 * Writes labels as the tags file of the previews from November 2021 on. That format knows no split between training and
 * test.
 * @param language of documents that name none
 */
export function writeNamedTags({ kind, categories, documents }: Labels, language: string): object {
  const names = categories.map(({ name: each }) => ({ name: each }));
  const about = ({ location, language: own }: LabelledDocument) => ({ location, language: own ?? language });
  if (!marksEntities(kind)) {
    return {
      classifiers: names,
      documents: documents.map((document) => ({
        ...about(document),
        classifiers: document.classes.map(({ category }) => ({ classifierName: category })),
      })),
    };
  }
  return {
    extractors: names,
    documents: documents.map((document) => ({
      ...about(document),
      extractors: document.regions.map(({ offset, length, labels }) => ({
        regionOffset: offset,
        regionLength: length,
        labels: labels.map((span) => ({ extractorName: span.category, offset: span.offset, length: span.length })),
      })),
    })),
  };
}
