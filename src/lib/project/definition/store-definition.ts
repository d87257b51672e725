import { quote, SettingsError } from "../../common/problems.ts";
import { createText, readText, writeText } from "../../storage/blobs.ts";
import { enqueueDefinition, isInHand } from "../enqueue-command.ts";
import { misnamedFolder, NAME_EXPECTED, projectFiles, projectOf } from "../names.ts";
import type { ProjectContext } from "../project-session.ts";
import type { ProjectError } from "../state.ts";
import type { ProjectStatus } from "../status.ts";
import { parseDefinition } from "./definition.ts";

/**
 * Puts a project file where a dropped one would be; one that is wrong is refused at once. The file that waits or is
 * being carried out already is not written again: a client that repeats a request must not train twice.
 * @returns what is wrong with it
 */
export async function storeDefinition(
  context: Pick<ProjectContext, "containers" | "project" | "now">,
  text: string,
): Promise<ProjectError | undefined> {
  const { containers, project } = context;
  try {
    parseDefinition(text, project);
  } catch (error) {
    if (error instanceof SettingsError) return invalidDefinition(project, error);
    throw error;
  }
  const name = projectFiles.definition(project);
  const existing = await readText(containers.projects, name);
  if (existing?.text === text && (await isInHand(context, project, existing.etag))) return undefined;
  await writeText(containers.projects, name, text);
  return undefined;
}

/** A project file that cannot be used, with everything that is wrong with it. */
export function invalidDefinition(project: string, { problems }: SettingsError): ProjectError {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return {
    code: "InvalidProjectFile",
    message: `${project}/project.json has ${count}; nothing was sent to the service`,
    hint: "Correct what error.problems lists, then send the project file again.",
    problems: problems.map((problem) => ({ ...problem })),
  };
}

/**
 * Takes what an event of a blob says. An Event Grid subscription may tell of every blob of the container, statuses among
 * them; one that was made by hand, of other containers.
 * @returns the project whose orchestration must run now
 */
export async function receiveProjectFile(
  context: Pick<ProjectContext, "containers" | "now">,
  blob: { container: string; name: string },
): Promise<string | undefined> {
  if (blob.container !== context.containers.projects.containerName) return undefined;
  const project = projectOf(blob.name);
  if (project === undefined) await rejectMisnamedFolder(context, blob.name);
  else if (await enqueueDefinition(context, project)) return project;
  return undefined;
}

/**
 * Tells whoever dropped a project file into a folder that cannot be a project's, with a status beside it; a status that
 * is there is left as it is. Does nothing for any other blob.
 */
export async function rejectMisnamedFolder(
  { containers, now }: Pick<ProjectContext, "containers" | "now">,
  blobName: string,
): Promise<void> {
  const folder = misnamedFolder(blobName);
  if (folder === undefined) return;
  const status: ProjectStatus = {
    schemaVersion: "1.0",
    project: folder,
    state: "failed",
    running: false,
    error: {
      code: "InvalidName",
      message: `The folder ${quote(folder)} cannot be a project's: a project is named by its folder`,
      hint: `Move the project file into a folder whose name is ${NAME_EXPECTED}.`,
    },
    updatedAt: new Date(now()).toISOString(),
  };
  await createText(containers.projects, projectFiles.status(folder), `${JSON.stringify(status, null, 2)}\n`);
}
