import { stableUuid } from "../text/hash.ts";
import type { ProjectKind, ProjectMetadata } from "./project-file.ts";

/** What the preview of 2021 calls the kinds, also between `<guid>_` and `_latest` in its model ids. */
export const MODEL_TYPES: Readonly<Record<ProjectKind, string>> = {
  CustomSingleLabelClassification: "SingleClassification",
  CustomMultiLabelClassification: "MultiClassification",
  CustomEntityRecognition: "Extraction",
  CustomHealthcare: "Healthcare",
};

/** The model id under which the preview of 2021 publishes a project's models. It is the same every time. */
export function publishedModelId({ projectName, projectKind }: ProjectMetadata): string {
  return `${stableUuid(`published ${projectName}`)}_${MODEL_TYPES[projectKind]}_latest`;
}
