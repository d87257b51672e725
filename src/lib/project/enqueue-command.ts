import { randomUUID } from "node:crypto";
import { readFacts } from "../storage/blobs.ts";
import { deletesProject, type NewRequest, type ProjectRequest, readRequest, writeRequest } from "./commands.ts";
import { projectFiles } from "./names.ts";
import type { AuthorContext } from "./project-context.ts";
import { type ProjectState, type Run, readState } from "./state.ts";

type Asking = Pick<AuthorContext, "containers" | "now">;

/** True when a project has work to do, were it only to tell how it ended: its orchestration must run. */
export async function hasWork({ containers }: Asking, project: string): Promise<boolean> {
  const [{ request }, { state }] = await Promise.all([
    readRequest(containers.work, project),
    readState(containers.work, project),
  ]);
  return isUnderWay(request, state) || (request !== undefined && state.run?.told === false);
}

/** True when a request waits or is being carried out. */
function isUnderWay(request: ProjectRequest | undefined, { run }: ProjectState): boolean {
  return request !== undefined && (run?.request.id !== request.id || run.phase !== "ended");
}

/** True when the version of the project file with this ETag waits or is being carried out. */
export async function isInHand({ containers }: Asking, project: string, etag: string): Promise<boolean> {
  const { request } = await readRequest(containers.work, project);
  if (request?.action !== "author" || !sameEtag(request.definitionEtag, etag)) return false;
  const { state } = await readState(containers.work, project);
  return isUnderWay(request, state);
}

/**
 * Takes a project file that was dropped as the wish that it be carried out. One version is one wish, however often it
 * is told of. It never takes the place of something else that was accepted and has not begun: then the file waits where
 * it is, and is asked for again when that is over.
 * @returns true when it is a new one
 */
export async function askForDefinition({ containers, now }: Asking, project: string): Promise<boolean> {
  for (;;) {
    const facts = await readFacts(containers.projects, projectFiles.definition(project));
    if (facts === undefined) return false;
    const [stored, { state }] = await Promise.all([
      readRequest(containers.work, project),
      readState(containers.work, project),
    ]);
    if (isAskedFor(stored.request, state, facts.etag)) return false;
    const hasBegun = stored.request === undefined || state.run?.request.id === stored.request.id;
    if (!hasBegun && stored.request?.action !== "author") return true;
    const at = new Date(now()).toISOString();
    const request: NewRequest = { id: facts.etag, action: "author", at, definitionEtag: facts.etag };
    if (await writeRequest(containers.work, project, stored, request)) return true;
  }
}

/** True when the version of the project file with this ETag was asked for and is, or will be, carried out by that. */
export function isAskedFor(
  request: ProjectRequest | undefined,
  { displaced }: ProjectState,
  etag: string | undefined,
): boolean {
  if (sameEtag(request?.id, etag)) return true;
  return sameEtag(request?.definitionEtag, etag) && !sameEtag(displaced, etag);
}

/** A list of blobs shows ETags without the quotes that their headers have. */
export function sameEtag(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && one.replaceAll('"', "") === other?.replaceAll('"', "");
}

export type AskOutcome =
  | "accepted"
  /** Something else is being done or waits. */
  | "busy"
  /** There is no such project. */
  | "unknown";

/** Asks for one thing to be done with a project. Only a deletion may interrupt what is being done. */
export async function askProject(
  context: Asking,
  project: string,
  wish: Pick<NewRequest, "modelLabel" | "deploymentName" | "ignoreThresholds" | "only"> & {
    action: "train" | "deploy" | "delete";
  },
): Promise<AskOutcome> {
  const { containers, now } = context;
  for (;;) {
    const [stored, { state }, definition] = await Promise.all([
      readRequest(containers.work, project),
      readState(containers.work, project),
      readFacts(containers.projects, projectFiles.definition(project)),
    ]);
    const canDelete = wish.action === "delete" && state.run?.definition !== undefined;
    if (definition === undefined && !canDelete) return "unknown";
    const isWhole = deletesProject(wish);
    if (isUnderWay(stored.request, state) && !isWhole && !makesRoom(stored.request, state)) return "busy";
    const request: NewRequest = {
      ...wish,
      id: randomUUID(),
      at: new Date(now()).toISOString(),
      // The project's deletion covers the files that were there before it; anything else leaves them to be carried out.
      definitionEtag: isWhole ? definition?.etag : stored.request?.definitionEtag,
    };
    if (await writeRequest(containers.work, project, stored, request)) return "accepted";
  }
}

/** True when what was asked for last is in hand, and stuck. */
function makesRoom(request: ProjectRequest | undefined, { run }: ProjectState): boolean {
  return run !== undefined && run.request.id === request?.id && isStuck(run);
}

/**
 * True when work stands still because of a wrong right or setting and may be dropped for anything newer. Never a
 * deletion, which somebody relies on, and nothing with a job at the service: that would go on unseen beside the newer.
 */
function isStuck(run: Run): boolean {
  return run.held?.kind === "blocked" && isDroppable(run);
}

/**
 * True when work makes room for a newer request: when it is stuck; and a project file that is tried again for a newer
 * one, which may put right what is wrong.
 */
export function givesWay(run: Run, newer: Pick<ProjectRequest, "action">): boolean {
  const isRenewed = run.request.action === "author" && newer.action === "author";
  return isStuck(run) || (run.held?.kind === "retrying" && isRenewed && isDroppable(run));
}

function isDroppable({ job, request }: Run): boolean {
  const hasJob = job !== undefined && job.endedAt === undefined;
  return request.action !== "delete" && !hasJob;
}
