import * as z from "zod";
import { MAX_CATEGORIES } from "../limits.ts";
import { isProjectLanguage } from "./languages.ts";
import { invalidArgument, invalidDocuments, unsupportedLanguage } from "./refusals.ts";
import type { SplitDocument } from "./training/split-documents.ts";

/** Kinds of projects, spelled as on the wire; requests may spell them in any case. */
const PROJECT_KINDS = [
  "CustomSingleLabelClassification",
  "CustomMultiLabelClassification",
  "CustomEntityRecognition",
  "CustomHealthcare",
] as const;

export type ProjectKind = (typeof PROJECT_KINDS)[number];

const projectKind = z.preprocess(
  (value) => PROJECT_KINDS.find((kind) => kind.toLowerCase() === String(value).toLowerCase()) ?? value,
  z.enum(PROJECT_KINDS),
);

/** Names of projects, models and deployments (service limits of the custom features). */
export const resourceName = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,50}$/, "1 to 50 letters (a-z, A-Z), numbers and the symbols _ . - are allowed");

/** What describes a project without its labels. */
export const projectMetadata = z.looseObject({
  projectName: resourceName,
  projectKind,
  storageInputContainerName: z.string().min(1),
  language: z.string().min(2),
  multilingual: z.boolean().default(false),
  description: z.string().optional(),
  settings: z.looseObject({ confidenceThreshold: z.number().min(0).max(1).optional() }).default({}),
});

/** Names of classes and entity types (service limits of the custom features). */
const category = z.looseObject({
  category: z
    .string()
    .min(1)
    .max(50)
    .regex(/^[^:$&%*()+~#/?]*$/, "the symbols : $ & % * ( ) + ~ # / ? are not allowed"),
});

const document = z.looseObject({
  /** Name of the text in the project's container. */
  location: z.string().min(1),
  language: z.string().min(2).optional(),
  dataset: z.enum(["Train", "Test"]).optional(),
});

const markedDocument = document.extend({
  entities: z
    .array(
      z.looseObject({
        regionOffset: z.int().min(0),
        regionLength: z.int().min(0),
        labels: z.array(category.extend({ offset: z.int().min(0), length: z.int().min(1) })).default([]),
      }),
    )
    .default([]),
});

const sublist = z.looseObject({
  listKey: z.string().min(1),
  synonyms: z.array(z.looseObject({ language: z.string().optional(), values: z.array(z.string().min(1)) })).default([]),
});

/** An entity of a health project: learned, from a list, or taken over from the prebuilt health model. */
const composedEntity = category.extend({
  compositionSetting: z.enum(["separateComponents", "combineComponents"]).default("combineComponents"),
  list: z.looseObject({ sublists: z.array(sublist) }).optional(),
  prebuilts: z.array(category).optional(),
});

const assets = z.discriminatedUnion("projectKind", [
  z.looseObject({
    projectKind: z.literal("CustomSingleLabelClassification"),
    classes: z.array(category),
    documents: z.array(document.extend({ class: category.optional() })),
  }),
  z.looseObject({
    projectKind: z.literal("CustomMultiLabelClassification"),
    classes: z.array(category),
    documents: z.array(document.extend({ classes: z.array(category).default([]) })),
  }),
  z.looseObject({
    projectKind: z.literal("CustomEntityRecognition"),
    entities: z.array(category),
    documents: z.array(markedDocument),
  }),
  z.looseObject({
    projectKind: z.literal("CustomHealthcare"),
    entities: z.array(composedEntity),
    documents: z.array(markedDocument),
  }),
]);

/** The labels of a project. */
export const projectAssets = z.preprocess(withCanonicalKind, assets);

/** A project as the authoring API imports and exports it: settings, classes or entities, and labelled documents. */
export const projectFile = z.looseObject({
  projectFileVersion: z.string(),
  /** Authoring counts in nothing else. */
  stringIndexType: z.literal("Utf16CodeUnit"),
  metadata: projectMetadata,
  assets: projectAssets,
});

export type ProjectFile = z.infer<typeof projectFile>;
export type ProjectAssets = z.infer<typeof assets>;
export type ProjectMetadata = ProjectFile["metadata"];
export type ComposedEntity = z.infer<typeof composedEntity>;

function withCanonicalKind(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("projectKind" in value)) return value;
  const kind = projectKind.safeParse(value.projectKind);
  return kind.success ? { ...value, projectKind: kind.data } : value;
}

/** The documents of a project that are labelled, with the categories in each. */
export function labelledDocuments(assets: ProjectAssets): (SplitDocument & { language?: string | undefined })[] {
  switch (assets.projectKind) {
    case "CustomSingleLabelClassification":
      return assets.documents.flatMap(({ location, language, dataset, class: label }) =>
        label === undefined ? [] : [{ location, language, dataset, categories: [label.category] }],
      );
    case "CustomMultiLabelClassification":
      return assets.documents.map(({ location, language, dataset, classes }) => ({
        location,
        language,
        dataset,
        categories: classes.map(({ category }) => category),
      }));
    case "CustomEntityRecognition":
    case "CustomHealthcare":
      return assets.documents.map(({ location, language, dataset, entities }) => ({
        location,
        language,
        dataset,
        categories: [...new Set(entities.flatMap(({ labels }) => labels.map(({ category }) => category)))],
      }));
  }
}

/** The names of a project's classes or entity types. */
export function categoriesOf(assets: ProjectAssets): string[] {
  const isClasses =
    assets.projectKind === "CustomSingleLabelClassification" || assets.projectKind === "CustomMultiLabelClassification";
  return (isClasses ? assets.classes : assets.entities).map(({ category }) => category);
}

/** A project's labels with only the documents at these locations. */
export function withDocuments(assets: ProjectAssets, locations: ReadonlySet<string>): ProjectAssets {
  const documents = assets.documents.filter(({ location }) => locations.has(location));
  // Each kind has its own form of documents, and here each keeps its own.
  return { ...assets, documents } as ProjectAssets;
}

/** Whether labels fit together, before any text is read. @throws ServiceError 400 */
export function checkAssets(assets: ProjectAssets): void {
  const categories = categoriesOf(assets);
  if (categories.length > MAX_CATEGORIES) {
    const message = `A project has at most ${MAX_CATEGORIES} classes or entities, not ${categories.length}.`;
    throw invalidArgument(message, "assets");
  }
  const known = new Set(categories);
  for (const { location, categories: used } of labelledDocuments(assets)) {
    const unknown = used.find((category) => !known.has(category));
    if (unknown !== undefined) {
      throw invalidDocuments(`'${location}' is labelled '${unknown}', which is not among the project's categories.`);
    }
  }
  for (const { language } of assets.documents) {
    if (language !== undefined && !isProjectLanguage(language)) throw unsupportedLanguage(language, "assets.documents");
  }
}

/** Whether documents are where the current generation wants them. @throws ServiceError 400 */
export function checkLocations(assets: ProjectAssets): void {
  const wrong = assets.documents.find(({ location }) => location.includes("/") || !/\.txt$/i.test(location));
  if (wrong === undefined) return;
  const message = `'${wrong.location}': documents are .txt files at the root of the project's container.`;
  throw invalidDocuments(message);
}
