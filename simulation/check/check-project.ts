import type { Run } from "../run/run-plan.ts";
import { PROJECT } from "../world/project-files.ts";
import type { Violation } from "./violation.ts";

/** What leaves nobody knowing whether the service took a training: each may cost one more. */
const LOSSES = [
  "answerLost",
  "callLost",
  "slowCall",
  "crash",
  "blackout",
  "storage",
  "storageOutage",
  "settings",
  "scenario",
] as const;

/** A project comes to its end, and its model is trained once for each version of its file. */
export function checkProject({ plan, world, happenings }: Run): Violation[] {
  const { projectFiles } = happenings;
  if (projectFiles === 0) return [];
  const violations: Violation[] = [];
  const text = world.storage.containers.get("projects")?.blobs.get(`${PROJECT}/status.json`)?.body.toString("utf8");
  const status =
    text === undefined ? undefined : (JSON.parse(text) as { state: string; running: boolean; error?: object });
  const mayFail = plan.faults.some(
    ({ kind }) => kind === "scenario" || kind === "settings" || kind === "pipelineRemoved",
  );
  const told = JSON.stringify({ state: status?.state, error: status?.error });
  if (status === undefined) violations.push({ promise: "place", message: "The project has no status" });
  else if (status.running)
    violations.push({ promise: "status", message: `The project is said to be at work: ${told}` });
  else if (status.state !== "succeeded" && !mayFail)
    violations.push({ promise: "outcome", message: `The project ended as ${told}` });
  const lost = LOSSES.reduce((sum, kind) => sum + (world.faults.struck.get(kind) ?? 0), 0);
  const trainings = world.language.trainings(PROJECT);
  if (trainings > projectFiles + Math.min(lost, 5 * projectFiles))
    violations.push({
      promise: "bill",
      message: `${trainings} trainings for ${projectFiles} versions of a project file`,
    });
  return violations;
}
