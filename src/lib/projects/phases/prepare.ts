import { SettingsError } from "../../settings/settings-error.ts";
import { readText, writeText } from "../../storage/blobs.ts";
import { type Definition, parseDefinition } from "../definition.ts";
import { definitionSchema, type RawDefinition } from "../definition-schema.ts";
import { loadLabels } from "../load-labels.ts";
import { ProjectFailure } from "../project-failure.ts";
import { projectFiles, projectWork } from "../project-name.ts";
import type { PhaseOutcome, ProjectSession } from "../project-session.ts";
import { invalidDefinition } from "../store-definition.ts";

/** Reads the project file and, if a project is to be made from them, its labels; nothing goes to the service yet. */
export async function prepare(session: ProjectSession): Promise<PhaseOutcome> {
  const { run, context, project } = session;
  const { action } = run.request;
  if (action === "delete") {
    const earlier = run.definition;
    run.definition = await readDefinition(session).then(withoutLabels, (error) => earlierOr(error, earlier));
    return { kind: "next", phase: "delete" };
  }
  const definition = await readDefinition(session);
  run.definition = withoutLabels(definition);
  if (action === "deploy") return { kind: "next", phase: "evaluate" };
  if (action === "train") return { kind: "next", phase: "train" };

  const labels = await loadLabels(context, definition);
  if (labels !== undefined) {
    const { content, ...facts } = labels;
    run.labels = { ...facts, warnings: facts.warnings.map((warning) => ({ ...warning })) };
    await writeText(context.containers.work, projectWork.assets(project), JSON.stringify(content));
  }
  return { kind: "next", phase: "create" };
}

async function readDefinition({ context, project }: ProjectSession): Promise<Definition> {
  const { projects } = context.containers;
  const name = projectFiles.definition(project);
  const blob = await readText(projects, name);
  if (blob === undefined) {
    throw new ProjectFailure({
      code: "NoProjectFile",
      message: `There is no project file ${projects.containerName}/${name}`,
      hint: "Drop one there, or PUT it to /api/projects/{name}.",
    });
  }
  try {
    return parseDefinition(blob.text, project);
  } catch (error) {
    throw error instanceof SettingsError ? new ProjectFailure(invalidDefinition(project, error)) : error;
  }
}

function earlierOr(error: unknown, earlier: RawDefinition | undefined): RawDefinition {
  if (error instanceof ProjectFailure && earlier !== undefined) return earlier;
  throw error;
}

/** Labels that stand in the project file would make each write of the state as big as they are. */
function withoutLabels({ wire: _, labels, ...definition }: Definition): RawDefinition {
  return definitionSchema.parse({ ...definition, ...(typeof labels === "string" ? { labels } : {}) });
}
