import { SettingsError } from "../../common/problems.ts";
import { readText, sameEtag, type TextBlob, writeText } from "../../storage/blobs.ts";
import { type Definition, parseDefinition } from "../definition/definition.ts";
import { definitionSchema, type RawDefinition } from "../definition/definition-schema.ts";
import { invalidDefinition } from "../definition/store-definition.ts";
import { enqueueDefinition } from "../enqueue-command.ts";
import { ProjectFailure } from "../errors.ts";
import { projectFiles, projectWork } from "../names.ts";
import type { PhaseOutcome, ProjectSession } from "../project-session.ts";
import { loadLabels } from "./load-labels.ts";

/** Reads the project file and, if a project is to be made from them, its labels; nothing goes to the service yet. */
export async function prepare(session: ProjectSession): Promise<PhaseOutcome> {
  const { run, context, project } = session;
  const { action } = run.command;
  if (action === "delete") {
    const earlier = run.definition;
    const read = readFile(session).then((file) => parseFile(session, file));
    run.definition = await read.then(withoutLabels, (error) => earlierOr(error, earlier));
    return { kind: "next", phase: "delete" };
  }
  const file = await readFile(session);
  if (action === "apply") await adopt(session, file);
  const definition = parseFile(session, file);
  run.definition = withoutLabels(definition);
  if (action === "deploy") return { kind: "next", phase: "evaluate" };
  if (action === "train" || action === "renew") return { kind: "next", phase: "train" };

  const labels = await loadLabels(context, definition);
  if (labels !== undefined) {
    const { content, ...facts } = labels;
    run.labels = { ...facts, warnings: facts.warnings.map((warning) => ({ ...warning })) };
    await writeText(context.containers.work, projectWork.assets(project), JSON.stringify(content));
  }
  return { kind: "next", phase: "create" };
}

async function readFile({ context, project }: ProjectSession): Promise<TextBlob> {
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
  return blob;
}

/**
 * What is carried out is the file that is there now. If it is a newer one than was asked for, it is taken as asked for
 * first: else it would be carried out once more, for the command that is still to come.
 */
async function adopt(session: ProjectSession, { etag }: TextBlob): Promise<void> {
  const { command } = session.run;
  if (sameEtag(command.id, etag)) return;
  await enqueueDefinition(session.context, session.project);
  command.id = etag;
  await session.save();
}

function parseFile({ project }: ProjectSession, { text }: TextBlob): Definition {
  try {
    return parseDefinition(text, project);
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
