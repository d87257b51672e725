import { randomUUID } from "node:crypto";
import { readFacts, sameEtag } from "../storage/blobs.ts";
import { deletesProject, type ProjectCommand, type QueuedCommand, queuedCommand } from "./commands.ts";
import { projectFiles } from "./names.ts";
import type { ProjectContext } from "./project-session.ts";
import { type ProjectState, projectState, type Run } from "./state.ts";

type Asking = Pick<ProjectContext, "containers" | "now">;

/** True when a project has work to do, were it only to tell how it ended: its orchestration must run. */
export async function isPending({ containers }: Asking, project: string): Promise<boolean> {
  const [{ value: command }, { value: state }] = await Promise.all([
    queuedCommand(containers.work, project).read(),
    projectState(containers.work, project).read(),
  ]);
  return isUnderWay(command, state) || (command !== undefined && state.run?.reported === false);
}

/** True when a command waits or is being carried out. */
function isUnderWay(command: QueuedCommand | undefined, { run }: ProjectState): boolean {
  return command !== undefined && (run?.command.id !== command.id || run.phase !== "ended");
}

/** True when the version of the project file with this ETag waits or is being carried out. */
export async function isInHand({ containers }: Asking, project: string, etag: string): Promise<boolean> {
  const { value: command } = await queuedCommand(containers.work, project).read();
  if (command?.action !== "apply" || !sameEtag(command.definitionEtag, etag)) return false;
  return isUnderWay(command, (await projectState(containers.work, project).read()).value);
}

/**
 * Takes a project file that was dropped as the command to carry it out. One version is one command, however often it is
 * told of. It never takes the place of something else that was accepted and has not begun: then the file waits where it
 * is, and is asked for again when that is over.
 * @returns true when it is a new one
 */
export async function enqueueDefinition({ containers, now }: Asking, project: string): Promise<boolean> {
  let isNew = false;
  await queuedCommand(containers.work, project).update(async (command) => {
    const [{ value: state }, facts] = await Promise.all([
      projectState(containers.work, project).read(),
      readFacts(containers.projects, projectFiles.definition(project)),
    ]);
    isNew = facts !== undefined && !isAskedFor(command, state, facts.etag);
    if (facts === undefined || !isNew) return undefined;
    const hasBegun = command === undefined || state.run?.command.id === command.id;
    if (!hasBegun && command.action !== "apply") return undefined;
    const at = new Date(now()).toISOString();
    return { schemaVersion: "1.0", id: facts.etag, action: "apply", at, definitionEtag: facts.etag };
  });
  return isNew;
}

/** True when the version of the project file with this ETag was asked for and is, or will be, carried out by that. */
export function isAskedFor(
  command: QueuedCommand | undefined,
  { preemptedDefinition }: ProjectState,
  etag: string | undefined,
): boolean {
  if (sameEtag(command?.id, etag)) return true;
  return sameEtag(command?.definitionEtag, etag) && !sameEtag(preemptedDefinition, etag);
}

export type EnqueueOutcome =
  | "accepted"
  /** Something else is being done or waits. */
  | "busy"
  /** There is no such project. */
  | "unknown";

/** Asks for one thing to be done with a project. Only a deletion may interrupt what is being done. */
export async function enqueueCommand(
  { containers, now }: Asking,
  project: string,
  command: ProjectCommand,
): Promise<EnqueueOutcome> {
  let outcome: EnqueueOutcome = "accepted";
  await queuedCommand(containers.work, project).update(async (before) => {
    const [{ value: state }, definition] = await Promise.all([
      projectState(containers.work, project).read(),
      readFacts(containers.projects, projectFiles.definition(project)),
    ]);
    const isWhole = deletesProject(command);
    const canDelete = command.action === "delete" && state.run?.definition !== undefined;
    if (definition === undefined && !canDelete) outcome = "unknown";
    else if (isUnderWay(before, state) && !isWhole && !canPreempt(before, state)) outcome = "busy";
    else outcome = "accepted";
    if (outcome !== "accepted") return undefined;
    return {
      ...command,
      schemaVersion: "1.0",
      id: randomUUID(),
      at: new Date(now()).toISOString(),
      // The project's deletion covers the files that were there before it; anything else leaves them to be carried out.
      definitionEtag: isWhole ? definition?.etag : before?.definitionEtag,
    };
  });
  return outcome;
}

/** True when what was asked for last is in hand, and stuck. */
function canPreempt(command: QueuedCommand | undefined, { run }: ProjectState): boolean {
  return run !== undefined && run.command.id === command?.id && isStuck(run);
}

/**
 * True when work stands still because of a wrong right or setting and may be dropped for anything newer. Never a
 * deletion, which somebody relies on, and nothing with a job at the service: that would go on unseen beside the newer.
 */
function isStuck(run: Run): boolean {
  return run.hold?.state === "blocked" && isDroppable(run);
}

/**
 * True when work makes room for a newer command: when it is stuck; and a project file that is tried again for a newer
 * one, which may put right what is wrong.
 */
export function canBePreempted(run: Run, newer: Pick<QueuedCommand, "action">): boolean {
  const isRenewed = run.command.action === "apply" && newer.action === "apply";
  return isStuck(run) || (run.hold?.state === "retrying" && isRenewed && isDroppable(run));
}

function isDroppable({ job, command }: Run): boolean {
  const hasJob = job !== undefined && job.endedAt === undefined;
  return command.action !== "delete" && !hasJob;
}
