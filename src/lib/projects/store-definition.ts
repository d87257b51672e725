import { SettingsError } from "../settings/settings-error.ts";
import { readText, writeText } from "../storage/blobs.ts";
import { isInHand } from "./ask-project.ts";
import type { AuthorContext } from "./author-context.ts";
import { parseDefinition } from "./definition.ts";
import { projectFiles } from "./project-name.ts";
import type { ProjectError } from "./state.ts";

/**
 * Puts a project file where a dropped one would be; one that is wrong is refused at once. The file that waits or is
 * being carried out already is not written again: a client that repeats a request must not train twice.
 * @returns what is wrong with it
 */
export async function storeDefinition(
  context: Pick<AuthorContext, "containers" | "project" | "now">,
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
