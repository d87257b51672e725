import { z } from "zod";
import type { CurrentAuthoring, NewProject, PreviewAuthoring } from "../../language/authoring/authoring.ts";
import { readText, writeText } from "../../storage/blobs.ts";
import { ProjectFailure } from "../errors.ts";
import { projectWork } from "../names.ts";
import { createdProject, isCreated, resourceKey } from "../preview-project.ts";
import type { PhaseOutcome, ProjectSession } from "../project-session.ts";
import { isRefusal, runJob } from "../service-job.ts";
import { inTraining } from "../training-container.ts";

const TRAIN: PhaseOutcome = { kind: "next", phase: "train" };

/** Makes the project, or brings it up to date. */
export async function create(session: ProjectSession): Promise<PhaseOutcome> {
  const { client } = session;
  return client.wire === "current" ? await createCurrent(session, client) : await createPreview(session, client);
}

async function createCurrent(session: ProjectSession, client: CurrentAuthoring): Promise<PhaseOutcome> {
  const project = session.newProject;
  if (session.run.job === undefined) await checkExisting(client, project);
  if (session.run.labels === undefined) {
    await client.putProject(project);
    return TRAIN;
  }
  const outcome = await runJob(session, {
    name: "import",
    action: "import",
    start: async () => await client.importProject(project, await readContent(session)),
  });
  return outcome.kind === "wait" ? outcome : TRAIN;
}

/** An import replaces what a project of this name holds: it must be the one that is meant. */
async function checkExisting(client: CurrentAuthoring, { name, kind, container }: NewProject): Promise<void> {
  const existing = await client.project(name);
  if (existing === undefined) {
    const others = await client.projects();
    const other = others.find(({ projectName }) => projectName.toLowerCase() === name.toLowerCase());
    if (other === undefined || other.projectName === name) return;
    throw new ProjectFailure({
      code: "OtherCase",
      message: `The Language resource has a project "${other.projectName}", which differs from "${name}" in upper and lower case only`,
      hint: `Name the folder "${other.projectName}" to work on that project, or choose another name.`,
    });
  }
  if (existing.projectKind.toLowerCase() !== kind.toLowerCase()) {
    throw new ProjectFailure({
      code: "OtherKind",
      message: `The Language resource has a project "${name}" of the kind ${existing.projectKind}, not ${kind}`,
      hint: "Choose another name, correct kind in project.json, or delete that project first.",
    });
  }
  if (existing.storageInputContainerName !== "" && existing.storageInputContainerName !== container) {
    throw new ProjectFailure({
      code: "OtherContainer",
      message: `The project "${name}" is tied to the container "${existing.storageInputContainerName}", not "${container}"`,
      hint: "A project keeps its container: put the texts there, choose another name, or delete that project first.",
    });
  }
}

async function createPreview(session: ProjectSession, client: PreviewAuthoring): Promise<PhaseOutcome> {
  const { run, state, project, newProject } = session;
  const labels = run.labels;
  if (labels === undefined) throw new Error(`No labels were prepared for project ${project}`);
  const created = createdProject(newProject, labels.digest);
  if (isCreated(session, client.endpoint, created)) return TRAIN;
  labels.location ??= `labels-${project}.json`;
  const tags = JSON.stringify(await readContent(session));
  const training = session.context.trainingContainer(session.definition);
  await inTraining(training, "write to", writeText(training, labels.location, tags));
  const location = labels.location;
  const outcome = await runJob(session, {
    name: "create",
    action: "create",
    async start(wasAsked) {
      try {
        await client.createProject(newProject, location);
      } catch (error) {
        const exists = isRefusal(error) && (error.status === 409 || /exist|conflict/i.test(error.code));
        if (!exists) throw error;
        if (!wasAsked) throw takenName(project);
      }
      return undefined;
    },
  });
  if (outcome.kind === "wait") return outcome;
  state.created[resourceKey(client.endpoint)] = created;
  return TRAIN;
}

function takenName(project: string): ProjectFailure {
  return new ProjectFailure({
    code: "ProjectExists",
    message: `The Language resource has a project "${project}" that was not created from here`,
    hint: "The preview cannot change the labels of a project: choose another name, or delete that project first.",
  });
}

const contentSchema = z.record(z.string(), z.unknown());

/** The labels as they were checked. */
async function readContent({ context, project }: ProjectSession): Promise<object> {
  const blob = await readText(context.containers.work, projectWork.assets(project));
  if (blob === undefined) throw new Error(`The prepared labels of project ${project} are gone`);
  return contentSchema.parse(JSON.parse(blob.text));
}
