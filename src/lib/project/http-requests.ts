import { RequestRefused } from "../api/route.ts";
import { quote } from "../common/problems.ts";
import { type ProjectCommand, parseCommand } from "./commands.ts";
import { storeDefinition } from "./definition/store-definition.ts";
import { enqueueCommand, enqueueDefinition } from "./enqueue-command.ts";
import { NAME_EXPECTED, NAME_PATTERN } from "./names.ts";
import type { ProjectContext } from "./project-session.ts";
import { describeProject, type ProjectDescription } from "./status.ts";

/** The project that a URL names. @throws RequestRefused */
export function projectNamed(name: string): string {
  if (NAME_PATTERN.test(name)) return name;
  const message = `${quote(name)} cannot be the name of a project`;
  throw new RequestRefused(400, { code: "InvalidName", message, hint: `A name has ${NAME_EXPECTED}.` });
}

/** Nobody trains, deploys or deletes models where that is not switched on. */
export function authoringIsOff(): RequestRefused {
  const message = "This app works on no projects: AUTHORING is not true";
  const hint = "Set the app setting AUTHORING to true, or deploy with authoring=true.";
  return new RequestRefused(403, { code: "AuthoringOff", message, hint });
}

/** What `GET /api/projects/{name}` answers. @throws RequestRefused */
export async function requestDescription(context: ProjectContext): Promise<ProjectDescription> {
  return (await describeProject(context)) ?? unknownProject(context);
}

/** Takes a project file, to be carried out. @throws RequestRefused */
export async function requestDefinition(context: ProjectContext, text: string): Promise<void> {
  const problem = await storeDefinition(context, text);
  if (problem !== undefined) throw new RequestRefused(400, problem);
  await enqueueDefinition(context, context.project);
}

/**
 * Takes one command.
 * @param text its options as JSON, or nothing
 * @throws RequestRefused
 */
export async function requestCommand(
  context: ProjectContext,
  action: ProjectCommand["action"],
  text: string,
): Promise<void> {
  const command = parseCommand(action, text);
  if ("problem" in command) throw new RequestRefused(400, command.problem);
  const outcome = await enqueueCommand(context, context.project, command);
  if (outcome === "unknown") unknownProject(context);
  if (outcome === "accepted") return;
  const message = `Something else is being done with project ${quote(context.project)}`;
  const hint = "GET /api/projects/{name} shows what is being done; ask again when it is over.";
  throw new RequestRefused(409, { code: "Busy", message, hint });
}

function unknownProject({ project }: ProjectContext): never {
  const message = `There is no project ${quote(project)}`;
  const hint = "Drop its project.json, or PUT it to /api/projects/{name}; upper and lower case count.";
  throw new RequestRefused(404, { code: "UnknownProject", message, hint });
}
