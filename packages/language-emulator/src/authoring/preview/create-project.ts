import * as z from "zod";
import type { Authoring } from "../../projects/authoring.ts";
import { checkContainer, checkProject } from "../../projects/change-project.ts";
import { checkAssets, type ProjectAssets, type ProjectMetadata, resourceName } from "../../projects/project-file.ts";
import { invalidArgument, projectExists, storageRefusal } from "../../projects/refusals.ts";
import { MODEL_TYPES, type Project } from "../../projects/registry.ts";
import { StorageError } from "../../projects/training-storage.ts";
import { taskDate } from "../../time.ts";
import { readBody } from "../route.ts";
import { readLabelsFile } from "./labels-file.ts";

const KINDS = {
  SingleClassification: "CustomSingleLabelClassification",
  MultiClassification: "CustomMultiLabelClassification",
  Extraction: "CustomEntityRecognition",
} as const;

const createBody = z.looseObject({
  name: resourceName,
  modelType: z.enum(["SingleClassification", "MultiClassification", "Extraction"]),
  multiLingual: z.boolean().default(false),
  description: z.string().nullish(),
  culture: z.string(),
  storageInputContainerName: z.string().min(1),
  labelsLocation: z.string().min(1),
});

/** Makes a project with the labels that its container holds. @throws ServiceError */
export async function createProject(authoring: Authoring, body: string): Promise<Project> {
  const { registry, clock } = authoring;
  const asked = readBody(createBody, body);
  const metadata: ProjectMetadata = {
    projectName: asked.name,
    projectKind: KINDS[asked.modelType],
    storageInputContainerName: asked.storageInputContainerName,
    language: asked.culture,
    multilingual: asked.multiLingual,
    ...(asked.description ? { description: asked.description } : {}),
    settings: {},
  };
  if (registry.project(asked.name) !== undefined) throw projectExists(asked.name);
  checkProject(authoring, metadata);
  await checkContainer(authoring, metadata);
  const assets = await readLabels(authoring, metadata, asked.labelsLocation.replace(/^\/+/, ""));
  checkAssets(assets);
  return registry.import(metadata, assets, clock.now());
}

/** What the preview answers about a project (assumed: its documentation shows none). */
export function writeProject({ metadata, createdAt, modifiedAt }: Project): object {
  return {
    name: metadata.projectName,
    modelType: MODEL_TYPES[metadata.projectKind],
    multiLingual: metadata.multilingual,
    description: metadata.description ?? "",
    culture: metadata.language,
    storageInputContainerName: metadata.storageInputContainerName,
    createdDateTime: taskDate(createdAt),
    lastModifiedDateTime: taskDate(modifiedAt),
  };
}

async function readLabels(authoring: Authoring, metadata: ProjectMetadata, path: string): Promise<ProjectAssets> {
  const { storageInputContainerName: container, projectKind } = metadata;
  let text: string;
  try {
    text = await authoring.storage.read(container, path);
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    if (error.why.problem !== "noBlob") throw storageRefusal(error.why);
    throw invalidArgument(`The labels file '${path}' was not found in the container '${container}'.`, "labelsLocation");
  }
  try {
    return readLabelsFile(text, path, projectKind);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw invalidArgument(`The labels file '${path}' is not valid: ${why}.`, "labelsLocation");
  }
}
