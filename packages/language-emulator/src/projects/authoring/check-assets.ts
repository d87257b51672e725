import { MAX_CATEGORIES } from "../../limits.ts";
import { isProjectLanguage } from "../languages.ts";
import type { ProjectAssets } from "../project-file.ts";
import { invalidArgument, invalidDocuments, unsupportedLanguage } from "../refusals.ts";
import { categoriesOf, labelledDocuments } from "../training/labelled-documents.ts";

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
