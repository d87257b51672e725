import { quote } from "../common/problems.ts";
import type { NewProject, PreviewAuthoring } from "../language/authoring/authoring.ts";
import { LanguageError } from "../language/errors/language-error.ts";
import { ProjectFailure } from "./errors.ts";
import type { PhaseOutcome, ProjectSession } from "./project-session.ts";
import type { CreatedProject } from "./state.ts";

/** All that the preview is told of a project beside its labels, by the names of the project file. */
const FIXED = ["kind", "container", "language", "multilingual", "description"] as const;

const CODES: Partial<Record<(typeof FIXED)[number], string>> = { kind: "OtherKind", container: "OtherContainer" };

/** What a Language resource is remembered by, however its address is spelled. */
export function resourceKey(endpoint: string): string {
  return new URL(endpoint).href.replace(/\/+$/, "");
}

/** What is remembered of a project that is created. @param labels their digest */
export function createdProject(project: NewProject, labels: string): CreatedProject {
  const { kind, container, language, multilingual, description = "" } = project;
  return { labels, kind, container, language, multilingual, description };
}

/**
 * True when the project was created from here already, at the Language resource that it belongs to now.
 * @throws ProjectFailure when it was created as another than the project file wants: the preview changes nothing of it
 */
export function isCreated(
  { state, project, definition }: ProjectSession,
  endpoint: string,
  is: CreatedProject,
): boolean {
  const was = state.created[resourceKey(endpoint)];
  if (was === undefined) return false;
  const { apiVersion } = definition;
  const field = FIXED.find((name) => was[name] !== is[name]);
  if (field !== undefined) {
    throw new ProjectFailure({
      code: CODES[field] ?? "SettingsFixed",
      message: `The project "${project}" was created with the ${field} ${quote(was[field])}, not ${quote(is[field])}, and ${apiVersion} cannot change it`,
      hint: `Choose another name, correct ${field} in project.json, or delete the project first (predictions stop until it is deployed again).`,
    });
  }
  if (was.labels === is.labels) return true;
  throw new ProjectFailure({
    code: "LabelsFixed",
    message: `The project "${project}" was created with other labels, and ${apiVersion} cannot replace them`,
    hint: "Choose another name for the new labels, or delete the project first (predictions stop until it is deployed again).",
  });
}

/**
 * After a training that was refused: back to the creation, once, if the project is not there although it was created
 * from here, because somebody deleted it in the service. The preview cannot be asked whether it is there.
 * @throws the refusal, when it says something else or there are no labels to create the project from
 */
export function createAgain(session: ProjectSession, client: PreviewAuthoring, refusal: unknown): PhaseOutcome {
  const isGone = refusal instanceof LanguageError && refusal.status === 404 && refusal.class === "document";
  if (!isGone) throw refusal;
  const { run, state } = session;
  delete state.created[resourceKey(client.endpoint)];
  if (run.labels === undefined || run.createdAgain) throw refusal;
  run.createdAgain = true;
  return { kind: "next", phase: "create" };
}
