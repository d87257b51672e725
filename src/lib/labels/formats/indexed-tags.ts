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
  type Region,
  readEach,
} from "../labels.ts";
import { fromCulture, toCulture } from "../languages.ts";

const fileSchema = z.looseObject({
  intentNames: list("class names").optional(),
  entityNames: list("entity names").optional(),
  documents: list("tagged documents"),
});
const documentSchema = z.looseObject(
  {
    location: name,
    culture: z.string({ error: 'a culture such as "en-US"' }).optional(),
    intents: list("class numbers").optional(),
    entities: list("regions").optional(),
  },
  { error: 'an object with "location", the name of the text in the container' },
);
const regionSchema = z.looseObject(
  { regionStart: count, regionLength: count, labels: list("labels").default([]) },
  { error: "an object with regionStart, regionLength and labels" },
);
const spanSchema = z.looseObject(
  { entity: count, start: count, length: count },
  { error: "an object with entity, start and length" },
);

/**
 * Reads the tags file of authoring v1.0-preview.2, in which classes and entities are named by their place in a list. As
 * the documentation of summer 2021 had it: `how-to/tag-data.md` of custom classification
 * (https://github.com/MicrosoftDocs/azure-docs/blob/1f3db2f7626d79966d90ede408f3485f6f51f012/articles/cognitive-services/language/custom-classification/how-to/tag-data.md)
 * and of custom named entity recognition (commit 4ec493beb28d28d2d4b8b70d23a85fb5551f3254, same folder structure).
 */
export function readIndexedTags(raw: unknown, kind: ProjectKind, problems: LabelsProblems): Labels | undefined {
  const file = problems.parse(fileSchema, raw, { at: [] });
  if (file === undefined) return undefined;
  const field = marksEntities(kind) ? "entityNames" : "intentNames";
  const rawNames = file[field];
  if (rawNames === undefined) {
    problems.missing(field, kind);
    return undefined;
  }
  const names = rawNames.map((item, index) => problems.parse(name, item, { at: [field, index] }));
  const nameOf = (number: number, at: JsonPath, document: string): string | undefined => {
    if (number >= names.length) {
      const last = names.length - 1;
      const expected = `a number from 0 to ${last}, a place in ${field}`;
      problems.error({ code: "UnknownClass", at, document, found: String(number), expected });
    }
    return names[number];
  };
  const reading = { kind, nameOf, problems };
  return {
    kind,
    categories: names.flatMap((each, index) =>
      each === undefined ? [] : [{ at: [field, index], name: each, more: {} }],
    ),
    documents: readEach(file.documents, ["documents"], (item, at) => readDocument(item, at, reading)),
  };
}

interface Reading {
  kind: ProjectKind;
  nameOf(number: number, at: JsonPath, document: string): string | undefined;
  problems: LabelsProblems;
}

function readDocument(raw: unknown, at: JsonPath, reading: Reading): LabelledDocument | undefined {
  const { kind, nameOf, problems } = reading;
  const parsed = problems.parse(documentSchema, raw, { at });
  if (parsed === undefined) return undefined;
  const { location: document, culture, intents = [], entities = [] } = parsed;
  return {
    at,
    location: document,
    language: culture === undefined ? undefined : fromCulture(culture),
    classes: marksEntities(kind)
      ? []
      : readEach(intents, [...at, "intents"], (item, place) => {
          const number = problems.parse(count, item, { at: place, document });
          const category = number === undefined ? undefined : nameOf(number, place, document);
          return category === undefined ? undefined : { at: place, category };
        }),
    regions: marksEntities(kind)
      ? readEach(entities, [...at, "entities"], (item, place) => readRegion(item, place, document, reading))
      : [],
    more: {},
  };
}

function readRegion(raw: unknown, at: JsonPath, document: string, { nameOf, problems }: Reading): Region | undefined {
  const region = problems.parse(regionSchema, raw, { at, document });
  if (region === undefined) return undefined;
  const labels = readEach(region.labels, [...at, "labels"], (item, place) => {
    const span = problems.parse(spanSchema, item, { at: place, document });
    const category = span && nameOf(span.entity, [...place, "entity"], document);
    return category === undefined
      ? undefined
      : { at: place, category, offset: span?.start ?? 0, length: span?.length ?? 0 };
  });
  return { at, offset: region.regionStart, length: region.regionLength, labels };
}

/**
 * Writes labels as the tags file of authoring v1.0-preview.2. That format knows no split between training and test: the
 * service splits by itself.
 * @param language of documents that name none
 */
export function writeIndexedTags({ kind, categories, documents }: Labels, language: string): object {
  const names = categories.map((category) => category.name);
  const about = ({ location, language: own }: LabelledDocument) => ({ location, culture: toCulture(own ?? language) });
  if (!marksEntities(kind)) {
    return {
      intentNames: names,
      documents: documents.map((document) => ({
        ...about(document),
        intents: document.classes.map(({ category }) => names.indexOf(category)),
      })),
    };
  }
  return {
    entityNames: names,
    documents: documents.map((document) => ({
      ...about(document),
      entities: document.regions.map(({ offset, length, labels }) => ({
        regionStart: offset,
        regionLength: length,
        labels: labels.map((span) => ({
          entity: names.indexOf(span.category),
          start: span.offset,
          length: span.length,
        })),
      })),
    })),
  };
}
