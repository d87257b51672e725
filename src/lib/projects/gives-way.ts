import type { ProjectRequest } from "./request.ts";
import type { Run } from "./state.ts";

/**
 * True when work stands still because of a wrong right or setting and may be dropped for anything newer. Never a
 * deletion, which somebody relies on, and nothing with a job at the service: that would go on unseen beside the newer.
 */
export function isStuck(run: Run): boolean {
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
