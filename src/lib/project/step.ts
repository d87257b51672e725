import type { Hold } from "../common/hold.ts";
import type { ProjectStatus } from "./status.ts";

/** The orchestration that works on a project; its instances are named by `projectInstanceId`. */
export const PROJECT_ORCHESTRATION = "project";
/** The activity that does one step of it. */
export const PROJECT_ACTIVITY = "projectStep";

/** What the orchestration does next, decided by the activity that just ran: the orchestrator only obeys. */
export interface ProjectStep {
  project: string;
  afterSeconds: number;
  /** What an operator sees of the orchestration. */
  status: object;
  memory: ProjectMemory;
  /** Set when there is nothing more to do: what the orchestration returns. */
  result?: ProjectResult;
}

/** What is remembered from step to step. Travels through Durable history: small. */
interface ProjectMemory {
  /** What kept the last step from writing its state. */
  hold?: Hold;
  /** Polls in a row that found nothing new. */
  polls?: number;
}

export type ProjectResult = Pick<ProjectStatus, "project" | "state" | "model" | "deployment" | "scores" | "error">;

/** How the orchestration starts. */
export function firstProjectStep(project: string): ProjectStep {
  return { project, afterSeconds: 0, status: { project, state: "preparing" }, memory: {} };
}

/** When an activity itself was lost; the steps handle all other failures. */
const LOST_STEP_SECONDS = 10;

/** The same step again, after its activity was lost. */
export function afterLostStep(step: ProjectStep): ProjectStep {
  return { ...step, afterSeconds: LOST_STEP_SECONDS };
}

/** Somebody has to put the settings right; looking more often would help nobody. */
const SETTINGS_PAUSE_SECONDS = 300;

/** The same step again, when the settings of the app may be right. */
export function holdOnSettings(step: ProjectStep, message: string): ProjectStep {
  const hint = "Correct the app settings; the project goes on by itself. GET /api/health lists what is wrong.";
  const error = { code: "InvalidSettings", message: message.slice(0, 1000), hint };
  return { ...step, afterSeconds: SETTINGS_PAUSE_SECONDS, status: { ...step.status, state: "blocked", error } };
}

/** Longer than an activity may run (`functionTimeout` in host.json): what says nothing for so long is lost. */
const OVERDUE_MS = 12 * 60_000;

/**
 * By how much the orchestration of a project is overdue; 0 when it is not. Durable Functions may lose a timer or a message,
 * and the instance would run for ever without doing anything.
 * @param now milliseconds since 1970
 */
export function secondsOverdue(
  { customStatus, lastUpdatedTime }: { customStatus?: unknown; lastUpdatedTime?: Date },
  now: number,
): number {
  // One whose very first step was lost has said nothing of when it goes on: it was due when it was last heard of.
  const { nextStepAt = lastUpdatedTime?.toISOString() } = Object(customStatus) as { nextStepAt?: unknown };
  const overdue = now - Date.parse(String(nextStepAt));
  return overdue > OVERDUE_MS ? Math.round(overdue / 1000) : 0;
}
