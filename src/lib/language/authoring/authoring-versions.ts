import { PROJECT_KINDS, type ProjectKind } from "./authoring.ts";

/** The preview that the current wire of authoring replaced. */
export const PREVIEW_VERSION = "v1.0-preview.2";

/**
 * Dated versions of the authoring wire: the `Versions` of azure-rest-api-specs
 * (`specification/cognitiveservices/Language.AnalyzeText-authoring`) and its folders of examples.
 */
const AUTHORING_VERSIONS = [
  "2022-05-01",
  "2022-05-15-preview",
  "2022-07-01-preview",
  "2022-10-01-preview",
  "2023-04-01",
  "2023-04-15-preview",
  "2024-11-15-preview",
  "2025-05-15-preview",
] as const;

/** All that `apiVersion` of a project file may be by name; a later date is taken on trust. */
export const KNOWN_AUTHORING_VERSIONS: readonly string[] = [...AUTHORING_VERSIONS, PREVIEW_VERSION];

const NEWEST_DATE = AUTHORING_VERSIONS[AUTHORING_VERSIONS.length - 1]?.slice(0, 10) ?? "";

/** The wire that a version speaks; undefined when there is no such version. */
export function wireOf(apiVersion: string): "current" | "preview" | undefined {
  if (apiVersion === PREVIEW_VERSION) return "preview";
  if ((AUTHORING_VERSIONS as readonly string[]).includes(apiVersion)) return "current";
  const [, date] = /^(\d{4}-\d{2}-\d{2})(?:-preview)?$/.exec(apiVersion) ?? [];
  const isLater = date !== undefined && !Number.isNaN(Date.parse(date)) && date > NEWEST_DATE;
  return isLater ? "current" : undefined;
}

/**
 * The kinds that a version can train. Custom Text Analytics for health came with 2023-04-15-preview and exists in
 * previews only; v1.0-preview.2 calls its kinds SingleClassification, MultiClassification and Extraction.
 */
export function authoringKinds(apiVersion: string): readonly ProjectKind[] {
  const hasHealth = apiVersion.endsWith("-preview") && apiVersion >= "2023-04-15";
  return PROJECT_KINDS.filter((kind) => kind !== "CustomHealthcare" || hasHealth);
}
