import type { ProjectAssets } from "../project-file.ts";
import type { SplitDocument } from "./split-documents.ts";

/** The documents of a project that are labelled, with the categories in each. */
export function labelledDocuments(assets: ProjectAssets): SplitDocument[] {
  switch (assets.projectKind) {
    case "CustomSingleLabelClassification":
      return assets.documents.flatMap(({ location, dataset, class: label }) =>
        label === undefined ? [] : [{ location, dataset, categories: [label.category] }],
      );
    case "CustomMultiLabelClassification":
      return assets.documents.map(({ location, dataset, classes }) => ({
        location,
        dataset,
        categories: classes.map(({ category }) => category),
      }));
    case "CustomEntityRecognition":
    case "CustomHealthcare":
      return assets.documents.map(({ location, dataset, entities }) => ({
        location,
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
