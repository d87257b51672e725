import type { CurrentAuthoring } from "../../language/authoring/authoring.ts";
import { LanguageError } from "../../language/errors/language-error.ts";
import { ProjectFailure } from "../errors.ts";
import { resourceKey } from "../preview-project.ts";
import type { PhaseOutcome, ProjectSession } from "../project-session.ts";
import { runJob } from "../service-job.ts";

/** Deletes the project, or the one model or deployment of it that was named. */
export async function deleteProject(session: ProjectSession): Promise<PhaseOutcome> {
  const { client, project, run } = session;
  const only = run.command.only;
  if (only?.model !== undefined || only?.deployment !== undefined) {
    if (client.wire === "preview") throw previewDeletesWhole(session);
    return await deletePart(session, client, only);
  }
  if (client.wire === "current" && run.job === undefined) await cancelTrainings(client, project);
  const start = () => client.deleteProject(project);
  const outcome = await runJob(session, { name: "delete", action: "deleteProject", start });
  if (outcome.kind === "wait") return outcome;
  const { state } = session;
  state.scores = {};
  delete state.created[resourceKey(client.endpoint)];
  delete state.model;
  state.serving = {};
  delete state.staging;
  return { kind: "end", outcome: "deleted" };
}

async function deletePart(
  session: ProjectSession,
  client: CurrentAuthoring,
  { model, deployment }: { model?: string | undefined; deployment?: string | undefined },
): Promise<PhaseOutcome> {
  const { state, project } = session;
  if (deployment !== undefined) {
    const start = () => client.deleteDeployment(project, deployment);
    const outcome = await runJob(session, { name: `remove ${deployment}`, action: "deleteDeployment", start });
    if (outcome.kind === "wait") return outcome;
    delete state.serving[deployment];
    if (state.staging === deployment) delete state.staging;
  }
  if (model !== undefined) {
    await client.deleteModel(project, model);
    delete state.scores[model];
    if (state.model?.label === model) delete state.model;
  }
  return { kind: "end", outcome: "succeeded" };
}

/** A training that goes on would only cost; where it cannot be stopped, the deletion waits for it. */
async function cancelTrainings(client: CurrentAuthoring, project: string): Promise<void> {
  try {
    const running = (await client.trainings(project)).filter(({ finished }) => !finished);
    for (const { jobId } of running) await client.cancelTraining(project, jobId);
  } catch (error) {
    const isHarmless = error instanceof LanguageError && (error.class === "document" || error.class === "transient");
    if (!isHarmless) throw error;
  }
}

function previewDeletesWhole({ definition }: ProjectSession): ProjectFailure {
  return new ProjectFailure({
    code: "NotInThisVersion",
    message: `${definition.apiVersion} deletes whole projects only`,
    hint: "Delete the project: DELETE /api/projects/{name} without model and deployment.",
  });
}
