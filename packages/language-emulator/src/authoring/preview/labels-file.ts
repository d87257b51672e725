import { posix } from "node:path";
import * as z from "zod";
import { labelledDocuments, type ProjectAssets, type ProjectKind, projectAssets } from "../../projects/project-file.ts";

/**
 * Reads the labels file of the preview of 2021, in each form that it was documented in, as labels of the current
 * generation. Locations in it are relative to the file, as documented.
 * @param path of the file in the container
 * @throws Error that says what is wrong with the file
 */
export function readLabelsFile(text: string, path: string, kind: ProjectKind): ProjectAssets {
  const tags = parseTags(text);
  const wanted = kind === "CustomEntityRecognition" ? "entities" : "classes";
  if (tags.marks !== wanted) throw new Error(`it labels ${tags.marks}, but the project needs ${wanted}`);
  const categories = tags.categories.map((category) => ({ category }));
  const documents = tags.documents.map((document) => {
    const { language } = document;
    const place = posix.join(posix.dirname(path), document.location);
    return { location: place, ...(language === undefined ? {} : { language }), ...labelsOf(document, kind) };
  });
  const lists = wanted === "entities" ? { entities: categories } : { classes: categories };
  const parsed = projectAssets.safeParse({ projectKind: kind, ...lists, documents });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Error(`${issue?.path.join(".") ?? ""}: ${issue?.message ?? "invalid"}`);
}

function labelsOf({ location, classes, regions }: TaggedDocument, kind: ProjectKind): object {
  switch (kind) {
    case "CustomSingleLabelClassification": {
      if (classes.length > 1) throw new Error(`'${location}' has more than one class`);
      const [category] = classes;
      return category === undefined ? {} : { class: { category } };
    }
    case "CustomMultiLabelClassification":
      return { classes: classes.map((category) => ({ category })) };
    default:
      return { entities: regions };
  }
}

function parseTags(text: string): Tags {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    throw new Error("it is not JSON");
  }
  const fields = typeof file === "object" && file !== null ? Object.keys(file) : [];
  const format = fields.map((field) => LABEL_FORMATS[field]).find((found) => found !== undefined);
  if (format === undefined) throw new Error(`it has none of ${Object.keys(LABEL_FORMATS).join(", ")}`);
  const parsed = format.safeParse(file);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const at = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  throw new Error(`${at}${issue?.message ?? "invalid"}`);
}

/** Labels of a file, whichever form it has. Offsets in UTF-16 code units of the whole text. */
interface Tags {
  marks: "classes" | "entities";
  categories: string[];
  documents: TaggedDocument[];
}

interface TaggedDocument {
  location: string;
  language?: string | undefined;
  classes: string[];
  regions: {
    regionOffset: number;
    regionLength: number;
    labels: { category: string; offset: number; length: number }[];
  }[];
}

const name = z.string().min(1);
const place = z.int().min(0);
const length = z.int().min(1);
const location = name;

/** The name at an index; a problem of the file when there is none. */
function nameAt(names: readonly string[], index: number, document: string, context: z.RefinementCtx): string {
  const found = names[index];
  if (found === undefined) {
    const message = `'${document}' is labelled ${index}, but the names end at ${names.length - 1}`;
    context.addIssue({ code: "custom", message });
  }
  return found ?? "";
}

const intentNames = z
  .looseObject({
    intentNames: z.array(name),
    documents: z.array(z.looseObject({ location, culture: z.string().optional(), intents: z.array(place) })),
  })
  .transform(
    (file, context): Tags => ({
      marks: "classes",
      categories: file.intentNames,
      documents: file.documents.map((document) => ({
        location: document.location,
        language: document.culture,
        classes: document.intents.map((index) => nameAt(file.intentNames, index, document.location, context)),
        regions: [],
      })),
    }),
  );

const entityNames = z
  .looseObject({
    entityNames: z.array(name),
    documents: z.array(
      z.looseObject({
        location,
        culture: z.string().optional(),
        entities: z.array(
          z.looseObject({
            regionStart: place,
            regionLength: place,
            labels: z.array(z.looseObject({ entity: place, start: place, length })).default([]),
          }),
        ),
      }),
    ),
  })
  .transform(
    (file, context): Tags => ({
      marks: "entities",
      categories: file.entityNames,
      documents: file.documents.map((document) => ({
        location: document.location,
        language: document.culture,
        classes: [],
        regions: document.entities.map((region) => ({
          regionOffset: region.regionStart,
          regionLength: region.regionLength,
          labels: region.labels.map((label) => ({
            category: nameAt(file.entityNames, label.entity, document.location, context),
            offset: label.start,
            length: label.length,
          })),
        })),
      })),
    }),
  );

const named = z.array(z.looseObject({ name }));

const classifiers = z
  .looseObject({
    classifiers: named,
    documents: z.array(
      z.looseObject({
        location,
        language: z.string().optional(),
        classifiers: z.array(z.looseObject({ classifierName: name })),
      }),
    ),
  })
  .transform(
    (file): Tags => ({
      marks: "classes",
      categories: file.classifiers.map((classifier) => classifier.name),
      documents: file.documents.map((document) => ({
        location: document.location,
        language: document.language,
        classes: document.classifiers.map(({ classifierName }) => classifierName),
        regions: [],
      })),
    }),
  );

const extractors = z
  .looseObject({
    extractors: named,
    documents: z.array(
      z.looseObject({
        location,
        language: z.string().optional(),
        extractors: z.array(
          z.looseObject({
            regionOffset: place,
            regionLength: place,
            labels: z.array(z.looseObject({ extractorName: name, offset: place, length })).default([]),
          }),
        ),
      }),
    ),
  })
  .transform(
    (file): Tags => ({
      marks: "entities",
      categories: file.extractors.map((extractor) => extractor.name),
      documents: file.documents.map((document) => ({
        location: document.location,
        language: document.language,
        classes: [],
        regions: document.extractors.map(({ regionOffset, regionLength, labels }) => ({
          regionOffset,
          regionLength,
          labels: labels.map((label) => ({
            category: label.extractorName,
            offset: label.offset,
            length: label.length,
          })),
        })),
      })),
    }),
  );

/**
 * The forms of a labels file by the field that names its categories: classes and entities by their index (documentation
 * of summer 2021), or by name (November 2021).
 */
const LABEL_FORMATS: Readonly<Record<string, z.ZodType<Tags>>> = {
  intentNames,
  entityNames,
  classifiers,
  extractors,
};

/** A project's labels by name, in the form of November 2021; undefined for a kind that the preview does not have. */
export function writeLabelsFile(assets: ProjectAssets): string | undefined {
  const named = (list: readonly { category: string }[]): { name: string }[] =>
    list.map(({ category: name }) => ({ name }));
  switch (assets.projectKind) {
    case "CustomHealthcare":
      return undefined;
    case "CustomEntityRecognition": {
      const documents = assets.documents.map(({ location, language, entities }) => ({
        location,
        language,
        extractors: entities.map(({ regionOffset, regionLength, labels }) => ({
          regionOffset,
          regionLength,
          labels: labels.map(({ category, offset, length }) => ({ extractorName: category, offset, length })),
        })),
      }));
      return JSON.stringify({ extractors: named(assets.entities), documents });
    }
    default: {
      const documents = labelledDocuments(assets).map(({ location, language, categories }) => ({
        location,
        language,
        classifiers: categories.map((category) => ({ classifierName: category })),
      }));
      return JSON.stringify({ classifiers: named(assets.classes), documents });
    }
  }
}
