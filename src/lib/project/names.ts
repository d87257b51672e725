/**
 * Names of projects, models and deployments:
 * https://learn.microsoft.com/azure/ai-services/language-service/custom-text-classification/service-limits#naming-limits
 */
export const NAME_EXPECTED = "1 to 50 letters (a-z, A-Z), digits and _ . -, beginning with a letter or digit";
/** The first character is narrower than the service asks, because a project's name is also a folder's. */
export const NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,49}$/;

/** In authoring v1.0-preview.2 (`concepts/data-limits.md` of July 2021). */
export const PREVIEW_NAME_EXPECTED = "1 to 50 letters (a-z, A-Z) and digits";
export const PREVIEW_NAME_PATTERN = /^[A-Za-z0-9]{1,50}$/;

/** The longest name that the service takes. */
export const LONGEST_NAME = 50;

/** Name of the deployment that a new model waits in before it is exchanged with the serving one. */
export function stagingName(deployment: string): string {
  return `${deployment}-staging`;
}

/** The longest name of a deployment whose second one is named after it. */
export const LONGEST_SWAPPED_NAME = LONGEST_NAME - stagingName("").length;

/** The Durable instance that works on a project: fixed, so that two never work on one. */
export function projectInstanceId(project: string): string {
  return `project-${project}`;
}

/** Where a project's files are in the container PROJECTS_CONTAINER. */
export const projectFiles = {
  definition: (project: string) => `${project}/project.json`,
  status: (project: string) => `${project}/status.json`,
} as const;

/** Where a project's state is in the work container. */
export const projectWork = {
  state: (project: string) => `projects/${project}/state.json`,
  command: (project: string) => `projects/${project}/command.json`,
  assets: (project: string) => `projects/${project}/assets.json`,
} as const;

/** The project whose definition a blob is; undefined for any other blob, such as its status. */
export function projectOf(blobName: string): string | undefined {
  const folder = folderOf(blobName);
  return folder !== undefined && NAME_PATTERN.test(folder) ? folder : undefined;
}

/** The folder of a project file that no project can be named by; undefined for any other blob. */
export function misnamedFolder(blobName: string): string | undefined {
  const folder = folderOf(blobName);
  // Storage takes these out of an address: what is written there lands elsewhere.
  if (folder === undefined || ["", ".", ".."].includes(folder)) return undefined;
  return NAME_PATTERN.test(folder) ? undefined : folder;
}

function folderOf(blobName: string): string | undefined {
  const [folder, file, ...rest] = blobName.split("/");
  return file === "project.json" && rest.length === 0 ? folder : undefined;
}
