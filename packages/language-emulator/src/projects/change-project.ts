import type { JobPlan } from "../jobs/job.ts";
import { MAX_PROJECTS } from "../limits.ts";
import { type Authoring, refuseOrFail } from "./authoring.ts";
import { isProjectLanguage } from "./languages.ts";
import type { Operation } from "./operations/operation.ts";
import { checkAssets, checkLocations, type ProjectAssets, type ProjectMetadata } from "./project-file.ts";
import {
  invalidArgument,
  otherContainer,
  otherKind,
  storageRefusal,
  tooMany,
  unsupportedLanguage,
} from "./refusals.ts";
import type { Project } from "./registry.ts";
import { StorageError } from "./training-storage.ts";

/**
 * Whether a project can be made or changed to be like this: its kind and container are for ever.
 * @throws ServiceError
 */
export function checkProject({ registry }: Authoring, metadata: ProjectMetadata): void {
  const { projectName, projectKind, language, storageInputContainerName } = metadata;
  if (!isProjectLanguage(language)) throw unsupportedLanguage(language, "language");
  const existing = registry.project(projectName)?.metadata;
  if (existing === undefined) {
    if (registry.projects().length >= MAX_PROJECTS) throw tooMany("projects in a Language resource", MAX_PROJECTS);
    return;
  }
  if (existing.projectKind !== projectKind) throw otherKind(projectName, existing.projectKind, projectKind);
  if (existing.storageInputContainerName !== storageInputContainerName) {
    throw otherContainer(projectName, existing.storageInputContainerName);
  }
}

/** Whether the project's container is there and may be read. @throws ServiceError */
export async function checkContainer({ storage }: Authoring, metadata: ProjectMetadata): Promise<void> {
  try {
    await storage.check(metadata.storageInputContainerName);
  } catch (error) {
    throw error instanceof StorageError ? storageRefusal(error.why) : error;
  }
}

/** Makes a project, or changes its settings. @throws ServiceError */
export async function setProject(
  authoring: Authoring,
  metadata: ProjectMetadata,
): Promise<{ project: Project; created: boolean }> {
  checkProject(authoring, metadata);
  const created = authoring.registry.project(metadata.projectName) === undefined;
  if (created) await checkContainer(authoring, metadata);
  return { project: authoring.registry.set(metadata, authoring.clock.now()), created };
}

/**
 * Accepts an import: settings and labels of the project are replaced, its models and deployments stay.
 * @throws ServiceError
 */
export async function importProject(
  authoring: Authoring,
  { metadata, assets }: { metadata: ProjectMetadata; assets?: ProjectAssets | undefined },
  plan: JobPlan,
): Promise<Operation> {
  checkProject(authoring, metadata);
  if (assets !== undefined) {
    if (assets.projectKind !== metadata.projectKind) {
      const message = `The assets are of kind ${assets.projectKind}, the project is a ${metadata.projectKind}.`;
      throw invalidArgument(message, "assets.projectKind");
    }
    checkAssets(assets);
    checkLocations(assets);
  }
  const read = await refuseOrFail(authoring.problems ?? "refuse", () => checkContainer(authoring, metadata));
  const work = { kind: "import", metadata, ...(assets === undefined ? {} : { assets }) } as const;
  const outcome = "failure" in read ? { ...plan, failure: read.failure } : plan;
  return authoring.operations.start("current", metadata.projectName, work, outcome);
}
