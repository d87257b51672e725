import { randomUUID } from "node:crypto";
import { readFacts } from "../storage/blobs.ts";
import { sameEtag } from "../storage/versioned-json.ts";
import {
  deletesProject,
  type NewCommand,
  type ProjectCommand,
  type QueuedCommand,
  readCommand,
  writeCommand,
} from "./commands.ts";
import { projectFiles } from "./names.ts";
import type { ProjectContext } from "./project-context.ts";
import { type ProjectState, type Run, readState } from "./state.ts";

type Asking = Pick<ProjectContext, "containers" | "now">;

/** True when a project has work to do, were it only to tell how it ended: its orchestration must run. */
export async function isPending({ containers }: Asking, project: string): Promise<boolean> {
  const [{ command }, { state }] = await Promise.all([
    readCommand(containers.work, project),
    readState(containers.work, project),
  ]);
  return isUnderWay(command, state) || (command !== undefined && state.run?.reported === false);
}

/** True when a command waits or is being carried out. */
function isUnderWay(command: QueuedCommand | undefined, { run }: ProjectState): boolean {
  return command !== undefined && (run?.command.id !== command.id || run.phase !== "ended");
}

/** True when the version of the project file with this ETag waits or is being carried out. */
export async function isInHand({ containers }: Asking, project: string, etag: string): Promise<boolean> {
  const { command } = await readCommand(containers.work, project);
  if (command?.action !== "apply" || !sameEtag(command.definitionEtag, etag)) return false;
  const { state } = await readState(containers.work, project);
  return isUnderWay(command, state);
}

/**
 * Takes a project file that was dropped as the command to carry it out. One version is one command, however often it
 * is told of. It never takes the place of something else that was accepted and has not begun: then the file waits where
 * it is, and is asked for again when that is over.
 * @returns true when it is a new one
 */
export async function enqueueDefinition({ containers, now }: Asking, project: string): Promise<boolean> {
  for (;;) {
    const facts = await readFacts(containers.projects, projectFiles.definition(project));
    if (facts === undefined) return false;
    const [stored, { state }] = await Promise.all([
      readCommand(containers.work, project),
      readState(containers.work, project),
    ]);
    if (isAskedFor(stored.command, state, facts.etag)) return false;
    const hasBegun = stored.command === undefined || state.run?.command.id === stored.command.id;
    if (!hasBegun && stored.command?.action !== "apply") return true;
    const at = new Date(now()).toISOString();
    const command: NewCommand = { id: facts.etag, action: "apply", at, definitionEtag: facts.etag };
    if (await writeCommand(containers.work, project, stored, command)) return true;
  }
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
  for (;;) {
    const [stored, { state }, definition] = await Promise.all([
      readCommand(containers.work, project),
      readState(containers.work, project),
      readFacts(containers.projects, projectFiles.definition(project)),
    ]);
    const canDelete = command.action === "delete" && state.run?.definition !== undefined;
    if (definition === undefined && !canDelete) return "unknown";
    const isWhole = deletesProject(command);
    if (isUnderWay(stored.command, state) && !isWhole && !canPreempt(stored.command, state)) return "busy";
    const queued: NewCommand = {
      ...command,
      id: randomUUID(),
      at: new Date(now()).toISOString(),
      // The project's deletion covers the files that were there before it; anything else leaves them to be carried out.
      definitionEtag: isWhole ? definition?.etag : stored.command?.definitionEtag,
    };
    if (await writeCommand(containers.work, project, stored, queued)) return "accepted";
  }
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
  return run.held?.kind === "blocked" && isDroppable(run);
}

/**
 * True when work makes room for a newer command: when it is stuck; and a project file that is tried again for a newer
 * one, which may put right what is wrong.
 */
export function canBePreempted(run: Run, newer: Pick<QueuedCommand, "action">): boolean {
  const isRenewed = run.command.action === "apply" && newer.action === "apply";
  return isStuck(run) || (run.held?.kind === "retrying" && isRenewed && isDroppable(run));
}

function isDroppable({ job, command }: Run): boolean {
  const hasJob = job !== undefined && job.endedAt === undefined;
  return command.action !== "delete" && !hasJob;
}
